import { expect, test } from 'vitest'
import {
  afterFailure,
  afterSuccess,
  ejectionMs,
  healthy,
  isEjected,
  mayEjectOneMore,
  type OutlierState,
} from './outlier.ts'

const policy = { outlierEjection: true, ejectAfter: 3, ejectForMs: 1_000, maxEjectedShare: 0.5 }

/** Plays `f` (failure) and `s` (success) at the given times, `mayEject` throughout. */
function play(script: string, mayEject = true, by = policy): OutlierState {
  let state = healthy
  for (const step of script.split(' ')) {
    const atMs = Number(step.slice(1))
    state = step[0] === 's' ? afterSuccess(state, by, atMs) : afterFailure(state, by, atMs, mayEject)
  }
  return state
}

test.each([
  ['two failures are not enough', 'f0 f1', { consecutiveFailures: 2, ejections: 0, ejectedUntilMs: 0 }],
  ['the third ejects', 'f0 f1 f2', { consecutiveFailures: 3, ejections: 1, ejectedUntilMs: 1_002 }],
  ['a success starts the count anew', 'f0 f1 s2 f3 f4', { consecutiveFailures: 2, ejections: 0, ejectedUntilMs: 0 }],
  ['late failures while ejected change nothing', 'f0 f1 f2 f3 f900', { ejections: 1, ejectedUntilMs: 1_002 }],
  [
    'one more failure on its return ejects again, for longer',
    'f0 f1 f2 f1002',
    { ejections: 2, ejectedUntilMs: 3_002 },
  ],
  ['a success right after its return keeps the record', 'f0 f1 f2 s1100', { consecutiveFailures: 0, ejections: 1 }],
  ['so that the next ejection is longer', 'f0 f1 f2 s1100 f1200 f1201 f1202', { ejections: 2, ejectedUntilMs: 3_202 }],
  ['good conduct for as long as the ejection clears it', 'f0 f1 f2 s1100 s2002', healthy],
])('%s', (_, script, expected) => {
  expect(play(script)).toMatchObject(expected)
})

test('nothing is ejected when it may not be, or when ejection is off', () => {
  expect(play('f0 f1 f2 f3', false)).toMatchObject({ consecutiveFailures: 4, ejections: 0 })
  expect(play('f0 f1 f2 f3', true, { ...policy, outlierEjection: false })).toMatchObject({ ejections: 0 })
})

test('a replica held back by the limit is ejected at its next failure once it may be', () => {
  const held = play('f0 f1 f2 f3', false)
  expect(afterFailure(held, policy, 10, true)).toMatchObject({ ejections: 1, ejectedUntilMs: 1_010 })
})

test('the ejection ends at its time', () => {
  const state = play('f0 f1 f2')
  expect([isEjected(state, 1_001), isEjected(state, 1_002)]).toEqual([true, false])
})

test.each([
  [1, 1_000],
  [3, 3_000],
  [10, 10_000],
  [50, 10_000],
])('ejection %i lasts %i ms', (ejections, ms) => {
  expect(ejectionMs(ejections, policy)).toBe(ms)
})

test.each([
  [0, 1, false],
  [0, 2, true],
  [1, 2, false],
  [0, 3, true],
  [1, 3, false],
  [1, 4, true],
  [2, 4, false],
])('with %i of %i ejected, one more: %s', (ejected, replicas, expected) => {
  expect(mayEjectOneMore(ejected, replicas, policy)).toBe(expected)
})
