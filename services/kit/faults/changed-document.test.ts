import { expect, test } from 'vitest'
import type { ActiveFault } from '../control/active-fault.ts'
import type { ControlDocument } from '../control/document.ts'
import { underFaults } from './changed-document.ts'
import { active } from './test-fault.ts'

function documentWith(...faults: ActiveFault[]): ControlDocument {
  return {
    version: 1,
    endpoints: {},
    delays: {},
    policies: { frontdoor: { timeoutMs: 8_000, hedging: true } },
    policy: { maxInFlight: 5 },
    settings: { requestsPerSecond: 20 },
    faults,
  }
}

const burst = { basePerS: 8, burstPerS: 40, burstS: 10 }

test('is the document itself while nothing is active', () => {
  const document = documentWith()
  expect(underFaults(document, () => 0)).toEqual({ document, forMs: undefined })
  expect(underFaults(document, () => 0).document).toBe(document)
})

test('what faults bring along goes before what the cluster has, and leaves the rest', () => {
  const policies = { calls: { frontdoor: { timeoutMs: 750 } }, kind: { queueDiscipline: 'fifo' as const } }
  const document = documentWith(active('metastable', burst, { policies, bystander: true }))
  const { document: changed } = underFaults(document, () => 0)
  expect(changed.policies).toEqual({ frontdoor: { timeoutMs: 750, hedging: true } })
  expect(changed.policy).toEqual({ maxInFlight: 5, queueDiscipline: 'fifo' })
  // A bystander offers what it did.
  expect(changed.settings).toEqual({ requestsPerSecond: 20 })
  expect(document.policies).toEqual({ frontdoor: { timeoutMs: 8_000, hedging: true } })
})

test('the offered load follows the age of the fault, and several compose', () => {
  const document = documentWith(active('metastable', burst), active('load-spike', { factor: 2 }))
  expect(underFaults(document, () => 4_000)).toMatchObject({
    document: { settings: { requestsPerSecond: 80 } },
    forMs: 6_000,
  })
  expect(underFaults(document, () => 10_000)).toMatchObject({
    document: { settings: { requestsPerSecond: 16 } },
    forMs: undefined,
  })
})

test('a node that offers nothing goes on offering nothing', () => {
  const document = { ...documentWith(active('load-spike', { factor: 2 })), settings: {} }
  expect(underFaults(document, () => 0).document.settings).toEqual({})
})
