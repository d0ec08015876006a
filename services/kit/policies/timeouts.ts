// How long a caller waits for an answer, and whether those behind it learn how long that is.
import { onOff, whole } from './setting.ts'

export const timeouts = {
  timeoutMs: whole({
    unit: 'ms',
    min: 1,
    max: 60_000,
    default: 1_000,
    does: "Longest time for one attempt; the request's remaining deadline cuts it further.",
    cures: ['latency', 'blackhole', 'freeze', 'slow-replica', 'zombie-work', 'retry-storm', 'misconfiguration'],
  }),
  deadlinePropagation: onOff({
    default: true,
    does: 'Tells the callee how much time is left, and gives up with the request that the call is made for. When off, attempts end by timeoutMs only, and the callee goes on for nobody.',
  }),
} as const
