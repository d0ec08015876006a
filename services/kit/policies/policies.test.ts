import { expect, test } from 'vitest'
import { createFakeControl } from '../calls/fake-cluster.ts'
import { CallPolicy, defaultPolicy } from '../calls/policy.ts'
import { defaultKindPolicy, followPolicy, KindPolicy } from './kind-policy.ts'
import { policyDocument } from './policy-document.ts'
import { choice, describeRange, onOff, real, refuseValue, whole } from './setting.ts'

const count = whole({ unit: 'requests', min: 1, max: 10, default: 2, does: 'Counts.' })
const share = real({ unit: 'failures a try', min: 0, max: 1, default: 0.5, does: 'Shares.' })
const order = choice({ choices: ['first', 'last'], default: 'last', does: 'Orders.' })
const isOn = onOff({ default: true, does: 'Switches.' })

test.each([
  [count, 10, undefined],
  [count, 11, 'x must be a whole number of requests from 1 to 10'],
  [count, 1.5, 'x must be a whole number of requests from 1 to 10'],
  [count, Number.NaN, 'x must be a whole number of requests from 1 to 10'],
  [count, '5', 'x must be a whole number of requests from 1 to 10'],
  [share, 0.25, undefined],
  [share, -0.1, 'x must be a number of failures a try from 0 to 1'],
  [order, 'first', undefined],
  [order, 'middle', 'x must be one of first, last'],
  [isOn, false, undefined],
  [isOn, 0, 'x must be true (on) or false (off)'],
])('%o as %j: %s', (setting, value, refusal) => {
  expect(refuseValue('x', setting, value)).toBe(refusal)
  if (refusal) expect(refusal).toContain(describeRange(setting))
})

test('defaults are valid, and documents carry some of them or none', () => {
  expect(CallPolicy.parse(defaultPolicy)).toEqual(defaultPolicy)
  expect(KindPolicy.parse(defaultKindPolicy)).toEqual(defaultKindPolicy)
  expect(CallPolicy.partial().parse({ timeoutMs: 5 })).toEqual({ timeoutMs: 5 })
  expect(KindPolicy.partial().safeParse({ queueLength: -1 }).success).toBe(false)
})

test('the live policy follows the document, and is the default again when nothing is overridden', () => {
  const control = createFakeControl({ policy: { idempotency: false } })
  const policy = followPolicy(control)
  expect(policy()).toEqual({ ...defaultKindPolicy, idempotency: false })
  control.set({ policy: { queueLength: 5 } })
  expect(policy()).toEqual({ ...defaultKindPolicy, queueLength: 5 })
  control.set({ policy: {} })
  expect(policy()).toEqual(defaultKindPolicy)
})

test('the document says what the catalogue says; `-u` writes it anew', async () => {
  await expect(policyDocument()).toMatchFileSnapshot('./README.md')
})
