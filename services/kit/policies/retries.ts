// Whether and when a failed attempt is repeated, and what keeps repeats from multiplying an overload.
import { onOff, real, whole } from './setting.ts'

export const retries = {
  maxAttempts: whole({
    unit: 'attempts',
    min: 1,
    max: 10,
    default: 3,
    does: 'Attempts in all, the first and a hedge included; above 1 only idempotent requests are repeated.',
    cures: ['reset', 'crash', 'error-rate', 'pool-exhaustion', 'bad-canary'],
  }),
  backoffMs: whole({
    unit: 'ms',
    min: 0,
    max: 10_000,
    default: 25,
    does: 'Pause before the first repeat; it doubles with each further one.',
  }),
  retryJitter: onOff({
    default: true,
    does: 'Draws each pause between 0 and its full length, so that callers that failed together do not come back together.',
  }),
  retryBudget: onOff({
    default: true,
    does: 'Limits repeats and hedges to a share of the requests; when off, every failure is repeated up to maxAttempts.',
    cures: ['retry-storm', 'metastable'],
  }),
  retryBudgetRatio: real({
    unit: 'repeats a request',
    min: 0,
    max: 10,
    default: 0.1,
    does: 'What each request adds to the budget.',
  }),
  retryBudgetMinPerS: real({
    unit: 'repeats/s',
    min: 0,
    max: 1_000,
    default: 2,
    does: 'What time adds to the budget, so that a quiet caller may still repeat.',
  }),
} as const
