import { expect, test } from 'vitest'
import type { Policies, PolicySpec } from '../control/policies.ts'
import { parsePolicyValue, policyState, targetFor } from './policy-values.ts'

const timeout: PolicySpec = {
  name: 'timeoutMs',
  scope: 'call',
  topic: 'timeout',
  does: '',
  cures: [],
  type: 'number',
  min: 1,
  max: 10,
  whole: true,
  range: '',
  default: 5,
}

const call = (caller: string, value: number, changed: string[] = []) => ({
  caller,
  callee: 'orders',
  values: { timeoutMs: value },
  defaults: { timeoutMs: 5 },
  changed,
})
const policies: Policies = {
  catalogue: [timeout],
  calls: [call('gateway', 7, ['timeoutMs']), call('edge', 5)],
  kinds: [],
  cluster: { values: {}, defaults: {}, changed: [] },
}

test('of one place, and of several that differ', () => {
  expect(policyState(policies, timeout, { caller: 'gateway', callee: 'orders' })).toEqual({
    value: 7,
    standard: 5,
    changed: true,
    places: 1,
  })
  expect(policyState(policies, timeout, {})).toEqual({ value: undefined, standard: 5, changed: true, places: 2 })
})

test.each([
  ['7', 7],
  ['7.5', undefined],
  ['11', undefined],
  ['', undefined],
])('%s', (text, expected) => {
  expect(parsePolicyValue(timeout, text)).toBe(expected)
})

test('a policy takes the part of a target that is of its scope', () => {
  const target = { caller: 'a', callee: 'b', kind: 'c' }
  expect(targetFor('call', target)).toEqual({ caller: 'a', callee: 'b' })
  expect(targetFor('kind', target)).toEqual({ kind: 'c' })
  expect(targetFor('cluster', target)).toEqual({})
})
