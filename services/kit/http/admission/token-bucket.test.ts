import { expect, test } from 'vitest'
import { fullBucket, takeToken } from './token-bucket.ts'

const policy = { rateLimitPerS: 10, rateLimitBurst: 3 }

/** How many of `count` requests, one each `everyMs`, are let through. */
function passed(count: number, everyMs: number, by = policy): number {
  const bucket = fullBucket(by, 0)
  let through = 0
  for (let index = 0; index < count; index++) if (takeToken(bucket, by, index * everyMs) === 0) through += 1
  return through
}

test.each([
  ['a burst', 10, 0, 3],
  ['just the rate', 100, 100, 100],
  ['twice the rate', 1_000, 50, 502],
  ['half the rate', 100, 200, 100],
])('%s: of %i each %i ms, %i pass', (_, count, everyMs, through) => {
  expect(Math.abs(passed(count, everyMs) - through)).toBeLessThanOrEqual(1)
})

test('says when there will be a token', () => {
  const bucket = { tokens: 0.5, updatedAtMs: 0 }
  expect(takeToken(bucket, policy, 0)).toBe(50)
  expect(takeToken(bucket, policy, 50)).toBe(0)
})

test('a smaller burst takes effect at once', () => {
  const bucket = fullBucket({ rateLimitPerS: 10, rateLimitBurst: 100 }, 0)
  takeToken(bucket, policy, 0)
  expect(bucket.tokens).toBe(2)
})

test('a clock that goes back earns nothing', () => {
  const bucket = { tokens: 0, updatedAtMs: 1_000 }
  expect(takeToken(bucket, policy, 0)).toBeGreaterThan(0)
})
