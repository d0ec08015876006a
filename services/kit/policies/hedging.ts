// A second attempt beside one that takes long.
import { onOff, whole } from './setting.ts'

export const hedging = {
  hedging: onOff({
    default: false,
    does: 'Sends an idempotent request a second time, to another replica where there is one, when no answer has come after hedgeDelayMs. The first good answer wins, the other attempt is cancelled. Each hedge takes from the retry budget.',
    cures: ['latency', 'loss', 'slow-replica', 'cpu', 'event-loop-block'],
  }),
  hedgeDelayMs: whole({
    unit: 'ms',
    min: 1,
    max: 10_000,
    default: 100,
    does: 'How long the first attempt has for itself: about the 95th percentile of a healthy callee.',
  }),
} as const
