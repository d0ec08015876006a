import { expect, test } from 'vitest'
import { AttemptFailed } from './attempt-failed.ts'
import type { CallFailureReason } from './caller.ts'
import { type Outcome, saysUnavailable } from './outcome.ts'
import { backoffMs, type RetryQuestion, retryDelayMs } from './retry.ts'

const failed = (reason: CallFailureReason, sent: boolean): Outcome => ({
  kind: 'failed',
  failure: new AttemptFailed(reason, 'failed', { sent }),
})
const answered = (status: number, headers: Record<string, string> = {}): Outcome => {
  const response = { status, headers, body: Buffer.alloc(0), instance: 'orders-1' }
  return { kind: 'answered', response, unavailable: saysUnavailable(response) }
}

function ask(outcome: Outcome, options: Partial<RetryQuestion> = {}): number | undefined {
  return retryDelayMs({
    outcome,
    attempts: 1,
    idempotent: true,
    policy: { maxAttempts: 3, backoffMs: 100, retryJitter: true },
    remainingMs: 10_000,
    random: () => 0.5,
    ...options,
  })
}

test.each<[string, Outcome, { idempotent: boolean; other: boolean }]>([
  ['a refused connection', failed('connect', false), { idempotent: true, other: true }],
  ['a connection that could not be made in time', failed('timeout', false), { idempotent: true, other: true }],
  ['no endpoint', failed('no_endpoint', false), { idempotent: true, other: true }],
  ['a reset', failed('reset', true), { idempotent: true, other: false }],
  ['a timeout', failed('timeout', true), { idempotent: true, other: false }],
  ['502', answered(502), { idempotent: true, other: false }],
  ['503', answered(503), { idempotent: true, other: false }],
  ['504', answered(504), { idempotent: true, other: false }],
  ['500', answered(500), { idempotent: false, other: false }],
  ['501', answered(501), { idempotent: false, other: false }],
  ['429', answered(429), { idempotent: false, other: false }],
  ['404', answered(404), { idempotent: false, other: false }],
  ['200', answered(200), { idempotent: false, other: false }],
  ['a cancelled request', failed('cancelled', true), { idempotent: false, other: false }],
  ['an open breaker', failed('breaker_open', false), { idempotent: false, other: false }],
  ['a full bulkhead', failed('overloaded', false), { idempotent: false, other: false }],
  ['an answer that is too large', failed('body_too_large', true), { idempotent: false, other: false }],
])('after %s', (_, outcome, expected) => {
  expect({
    idempotent: ask(outcome) !== undefined,
    other: ask(outcome, { idempotent: false }) !== undefined,
  }).toEqual(expected)
})

test.each([
  [1, 50],
  [2, 100],
  [3, undefined],
])('after attempt %i of three the pause is %s ms', (attempts, delayMs) => {
  expect(ask(answered(503), { attempts })).toBe(delayMs)
})

test('a pause that the deadline does not allow means no repeat', () => {
  expect(ask(answered(503), { remainingMs: 50 })).toBeUndefined()
  expect(ask(answered(503), { remainingMs: 51 })).toBe(50)
  expect(ask(answered(503), { remainingMs: undefined })).toBe(50)
})

test.each([
  ['0', 50],
  ['1', 1_000],
  ['2', undefined],
  ['Wed, 21 Oct 2015 07:28:00 GMT', 50],
  ['-1', 50],
])('Retry-After: %s', (value, delayMs) => {
  expect(ask(answered(503, { 'retry-after': value }))).toBe(delayMs)
})

test.each([
  [100, 1, 0, 0],
  [100, 1, 0.999, 99.9],
  [100, 4, 0.5, 400],
  [10_000, 9, 0.5, 5_000],
  [0, 5, 0.9, 0],
])('backoff from %i ms, attempt %i, random %d: %d ms', (firstMs, attempts, random, expected) => {
  expect(backoffMs(firstMs, attempts, random)).toBeCloseTo(expected)
})
