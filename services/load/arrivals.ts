// When the next request comes: a Poisson process, which takes no notice of how the answers fare. Pure.
import { exponential, type Random } from './random.ts'

export type Arrivals = {
  /** How many are due. */
  due: number
  /** How many are so late that they count as not made: the process was held up, or the machine slept. */
  late: number
  nextAtMs: number
}

/** What is later than this is not caught up on: a burst is not what customers would do. */
const MAX_LAG_MS = 1_000
/** After a standstill of hours not every arrival is drawn that nobody waits for. */
const MAX_DRAWN_LATE = 200_000

/**
 * When the arrival comes that was to come at `nextAtMs`, if the rate changes at `nowMs`: what is left of the wait shrinks or grows with it.
 * So the n-th arrival depends on the seed and on how much was asked for up to then, not on when exactly each change came.
 */
export function atOtherRate(nextAtMs: number, nowMs: number, fromPerSecond: number, toPerSecond: number): number {
  return nowMs + Math.max(0, nextAtMs - nowMs) * (fromPerSecond / toPerSecond)
}

/** Arrivals up to `nowMs` at `perSecond` (above 0), the first of them at `nextAtMs`. */
export function takeArrivals(nextAtMs: number, nowMs: number, perSecond: number, random: Random): Arrivals {
  const gapMs = 1_000 / perSecond
  const lateUntilMs = nowMs - MAX_LAG_MS
  let next = nextAtMs
  let late = 0
  // Drawn like all others: a standstill must not change who comes after it.
  for (; next < lateUntilMs && late < MAX_DRAWN_LATE; late++) next += exponential(random, gapMs)
  if (next < lateUntilMs) {
    late += Math.round((lateUntilMs - next) / gapMs)
    next = lateUntilMs
  }
  let due = 0
  while (next <= nowMs) {
    due += 1
    next += exponential(random, gapMs)
  }
  return { due, late, nextAtMs: next }
}
