import { expect, test } from 'vitest'
import { catalogue, findFault } from '../../../faults/catalogue.ts'
import { refusedInContainers } from './container-faults.ts'

const refusal = (id: string, parameters: Record<string, unknown> = {}) => {
  const fault = findFault(id)
  return fault && refusedInContainers(fault, fault.parameters.parse(parameters))
}

test('what becomes of a database server is refused, with what comes near it; all else is not', () => {
  const refused = catalogue.map(({ id }) => id).filter((id) => refusal(id) !== undefined)
  expect(refused.sort()).toEqual(['credential-expiry', 'failover', 'stale-read'])
  expect(refusal('failover')).toContain('npm start')
  expect(refusal('failover')).toContain('docker compose kill postgres-na')
  expect(refusal('stale-read')).toContain('APPLY_DELAY_MS')
})

test('the half of a fault that nodes carry out themselves works', () => {
  expect(refusal('credential-expiry')).toContain('credential=session')
  expect(refusal('credential-expiry', { credential: 'session' })).toBeUndefined()
})
