import { expect, test } from 'vitest'
import { active } from '../faults/test-fault.ts'
import type { ActiveFault } from './active-fault.ts'
import { FaultDeadlines } from './fault-deadlines.ts'

function fault(instance: string, remainingMs: number, revision = 0): ActiveFault {
  return active('latency', {}, { instance, revision, remainingMs })
}

test('each ends at its own time, and the next end is known', () => {
  const deadlines = new FaultDeadlines()
  const faults = [fault('a', 100), fault('b', 300)]
  deadlines.note(faults, 1_000)
  expect(deadlines.nextMs(faults, 1_000)).toBe(100)
  expect(deadlines.active(faults, 1_099)).toEqual(faults)
  const left = deadlines.active(faults, 1_100)
  expect(left.map(({ instance }) => instance)).toEqual(['b'])
  expect(deadlines.nextMs(left, 1_100)).toBe(200)
  expect(deadlines.nextMs([], 1_100)).toBeUndefined()
})

test('a document that was long on its way prolongs nothing; a change does', () => {
  const deadlines = new FaultDeadlines()
  deadlines.note([fault('a', 100)], 1_000)
  const late = [fault('a', 100)]
  deadlines.note(late, 1_080)
  expect(deadlines.nextMs(late, 1_080)).toBe(20)
  const changed = [fault('a', 500, 1)]
  deadlines.note(changed, 1_080)
  expect(deadlines.nextMs(changed, 1_080)).toBe(500)
})

test('the age of a fault counts from its injection, not from when this node heard of it', () => {
  const deadlines = new FaultDeadlines()
  const late = { ...fault('a', 1_000), sinceMs: 400 }
  deadlines.note([late], 5_000)
  expect(deadlines.sinceMs(late, 5_050)).toBe(450)
  // The same news over another stream, which took longer, changes nothing.
  deadlines.note([{ ...late, sinceMs: 300 }], 5_100)
  expect(deadlines.sinceMs(late, 5_100)).toBe(500)
})
