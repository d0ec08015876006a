// How much of a caller one callee may occupy.
import { whole } from './setting.ts'

export const bulkhead = {
  maxConcurrent: whole({
    unit: 'attempts',
    min: 1,
    max: 10_000,
    default: 200,
    does: 'Attempts under way to the callee at once, from one node.',
    cures: ['pool-exhaustion'],
  }),
  maxQueued: whole({
    unit: 'attempts',
    min: 0,
    max: 10_000,
    default: 200,
    does: 'Attempts that may wait for their turn; further ones fail at once.',
    cures: ['pool-exhaustion'],
  }),
} as const
