import { expect, test } from 'vitest'
import { readMessage, trackingNumberOf } from './domain.ts'

const orderId = '3f0e8c1e-8f5b-4c7a-9d53-0a3c0f7f6a11'

test('an order gets the same tracking number at every delivery', () => {
  expect(trackingNumberOf(orderId)).toMatch(/^FL\d{12}$/)
  expect(trackingNumberOf(orderId)).toBe(trackingNumberOf(orderId))
  expect(trackingNumberOf('00000000-0000-4000-8000-000000000000')).not.toBe(trackingNumberOf(orderId))
})

test.each([
  [{ orderId, trace: { traceparent: '00-…' } }, 'order'],
  [{ orderId: 'not-a-uuid', trace: {} }, 'malformed'],
  [{ trace: {} }, 'malformed'],
  [null, 'malformed'],
  ['text', 'malformed'],
])('reads %o as %s', (data, kind) => {
  expect(readMessage(data).kind).toBe(kind)
})
