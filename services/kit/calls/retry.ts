// Whether an attempt is repeated, and after which pause. Pure: the budget is asked by the caller of this, last of all.
import { isConnectionFailure, type Outcome } from './outcome.ts'
import type { CallPolicy } from './policy.ts'

/** A callee that wants more time than this gets no repeat at all. */
const maxRetryAfterMs = 1_000
/** The exponential pause stops growing here. */
const maxBackoffMs = 10_000

export type RetryQuestion = {
  outcome: Outcome
  /** Attempts made so far, at least 1. */
  attempts: number
  idempotent: boolean
  policy: Pick<CallPolicy, 'maxAttempts' | 'backoffMs' | 'retryJitter'>
  /** What is left of the request's deadline; undefined without one. */
  remainingMs: number | undefined
  /** Uniform in [0, 1). */
  random: () => number
}

/** The pause before the next attempt in ms, or undefined when there shall be none. */
export function retryDelayMs(question: RetryQuestion): number | undefined {
  const { outcome, attempts, policy, remainingMs } = question
  if (attempts >= policy.maxAttempts || !mayHelp(outcome)) return undefined
  if (!question.idempotent && mayHaveHadEffect(outcome)) return undefined
  const retryAfterMs = retryAfterOf(outcome)
  if (retryAfterMs > maxRetryAfterMs) return undefined
  const delayMs = Math.max(
    retryAfterMs,
    backoffMs(policy.backoffMs, attempts, policy.retryJitter ? question.random() : 1),
  )
  return remainingMs !== undefined && delayMs >= remainingMs ? undefined : delayMs
}

/**
 * Exponential with full jitter: uniform between 0 and `firstMs` × 2^(attempts - 1).
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(firstMs: number, attempts: number, random: number): number {
  return random * Math.min(firstMs * 2 ** (attempts - 1), maxBackoffMs)
}

function mayHelp(outcome: Outcome): boolean {
  if (outcome.kind === 'answered') return outcome.unavailable
  return isConnectionFailure(outcome.failure) || outcome.failure.reason === 'no_endpoint'
}

function mayHaveHadEffect(outcome: Outcome): boolean {
  return outcome.kind === 'answered' || outcome.failure.sent
}

/** `Retry-After` in whole seconds as ms; its form as a date is not used within the shop and counts as none. */
function retryAfterOf(outcome: Outcome): number {
  if (outcome.kind === 'failed') return 0
  const value = outcome.response.headers['retry-after']
  return typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) * 1_000 : 0
}
