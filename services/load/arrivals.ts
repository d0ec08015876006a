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

/** Arrivals up to `nowMs` at `perSecond` (above 0), the first of them at `nextAtMs`. */
export function takeArrivals(nextAtMs: number, nowMs: number, perSecond: number, random: Random): Arrivals {
  const lagMs = nowMs - nextAtMs - MAX_LAG_MS
  const late = lagMs > 0 ? Math.round((lagMs / 1_000) * perSecond) : 0
  let next = lagMs > 0 ? nextAtMs + lagMs : nextAtMs
  let due = 0
  while (next <= nowMs) {
    due += 1
    next += exponential(random, 1_000 / perSecond)
  }
  return { due, late, nextAtMs: next }
}
