// The habits of a browser: one attempt a request, no breaker, patience of ten seconds.
import type { CallPolicy } from '../kit/calls/policy.ts'

export const PATIENCE_MS = 10_000
/** Requests of all shoppers under way at once. */
export const MAX_IN_FLIGHT = 2_000

export const browserPolicy: Partial<CallPolicy> = {
  timeoutMs: PATIENCE_MS,
  maxAttempts: 1,
  outlierEjection: false,
  breaker: false,
  maxConcurrent: MAX_IN_FLIGHT,
}
