// The live settings of calls from one caller to one callee; the control plane may change them at any time.
import { z } from 'zod'

export const CallPolicy = z.object({
  /** Longest time for one attempt; the request's remaining deadline cuts it further. */
  timeoutMs: z.number().int().min(1).max(60_000),
  /** Attempts in all, the first included; above 1 only idempotent requests are repeated. */
  maxAttempts: z.number().int().min(1).max(10),
  /** First pause before a repeat; it doubles, with full jitter. */
  backoffMs: z.number().int().min(0).max(10_000),
  /** Share of requests that may be repeats, over the recent past (a token bucket); Infinity is not expressible on purpose. */
  retryBudgetRatio: z.number().min(0).max(10),
  /** Repeats a second allowed whatever the ratio says, so that a quiet caller may still repeat. */
  retryBudgetMinPerS: z.number().min(0).max(1_000),
  /** Consecutive failures of one replica after which it is ejected from balancing; 0 turns ejection off. */
  ejectAfter: z.number().int().min(0).max(1_000),
  /** First ejection's length; it grows with each further ejection. */
  ejectForMs: z.number().int().min(1).max(600_000),
  /** Share of failures in the breaker's window that opens it; 1.01 or more never opens. */
  breakerThreshold: z.number().min(0.01).max(2),
  /** How long an open breaker waits before it lets a probe through. */
  breakerHalfOpenMs: z.number().int().min(1).max(600_000),
  /** Concurrent attempts to the callee from this node; more wait in a queue of the same length, then fail at once. */
  maxConcurrent: z.number().int().min(1).max(10_000),
})
export type CallPolicy = z.infer<typeof CallPolicy>

export const defaultPolicy: CallPolicy = {
  timeoutMs: 1_000,
  maxAttempts: 3,
  backoffMs: 25,
  retryBudgetRatio: 0.1,
  retryBudgetMinPerS: 2,
  ejectAfter: 3,
  ejectForMs: 5_000,
  breakerThreshold: 0.5,
  breakerHalfOpenMs: 2_000,
  maxConcurrent: 200,
}
