import { expect, test } from 'vitest'
import { RateLimiter, sourceOf } from './rate-limiter.ts'

const from = (headers: Record<string, string>, url = '/') => ({ headers, url })

test.each([
  ['caller', from({ 'x-caller': 'gateway' }), 'gateway'],
  ['caller', from({}), ''],
  ['customer', from({ authorization: 'Bearer a', 'x-customer-region': 'eu' }), 'Bearer a'],
  ['customer', from({ 'x-customer-region': 'eu' }), 'eu'],
  ['path', from({}, '/api/search?q=lamp'), '/api/search'],
  ['path', from({}, '/api/products/p-0001'), '/api/products'],
  ['all', from({ 'x-caller': 'gateway' }, '/api'), ''],
] as const)('by %s %#', (by, request, source) => {
  expect(sourceOf(request, by)).toBe(source)
})

test('one source that uses its limit up leaves the others theirs', () => {
  const limiter = new RateLimiter()
  const policy = { rateLimitBy: 'caller', rateLimitPerS: 1, rateLimitBurst: 2 } as const
  const take = (caller: string) => limiter.take(from({ 'x-caller': caller }), policy, 0)
  expect([take('edge'), take('edge'), take('edge')]).toEqual([0, 0, 1_000])
  expect(take('orders')).toBe(0)
})
