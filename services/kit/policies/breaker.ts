// When a callee is left alone altogether, and how a caller finds out that it is back.
import { onOff, real, whole } from './setting.ts'

export const breaker = {
  breaker: onOff({
    default: true,
    does: 'Fails calls at once while most attempts fail, which spares the callee and whoever waits.',
    cures: ['blackhole', 'partition', 'zombie-work', 'retry-storm'],
  }),
  breakerThreshold: real({
    unit: 'failures an attempt',
    min: 0.01,
    max: 1,
    default: 0.5,
    does: 'Share of failures in the window that opens the breaker.',
    cures: ['breaker-stuck'],
  }),
  breakerWindowMs: whole({
    unit: 'ms',
    min: 1_000,
    max: 600_000,
    default: 10_000,
    does: 'How far the breaker looks back.',
  }),
  breakerMinPerS: real({
    unit: 'attempts/s',
    min: 0.1,
    max: 1_000,
    default: 1,
    does: 'Fewer attempts than this in the window open nothing.',
  }),
  breakerHalfOpenMs: whole({
    unit: 'ms',
    min: 1,
    max: 600_000,
    default: 2_000,
    does: 'How long an open breaker waits before it lets a probe through.',
    cures: ['breaker-stuck'],
  }),
} as const
