import { expect, test } from 'vitest'
import { stepOf } from './shop-model.ts'

test.each([
  ['pending', 0],
  ['payment_pending', 0],
  ['confirmed', 1],
  ['shipped', 2],
  ['refused', -1],
] as const)('an order that is %s has come to step %i', (status, step) => {
  expect(stepOf(status)).toBe(step)
})
