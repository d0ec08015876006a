// Whether a remedy helped, from figures alone. Pure.
import type { Indicator } from '../indicators.ts'

/** The least part of the harm that a remedy has to take away to be called one. */
export const LEAST_RELIEF = 0.25

/** Figures of one indicator; null where it had no value. */
export type Figures = { healthy: number | null; without: number | null; with: number | null }

export type Judgement = 'helps' | 'does not help' | 'no impact to reduce'

/**
 * `helps` when it takes away at least a quarter of the difference between the shop without it and the healthy one, and more than chance
 * alone does. `no impact to reduce` when the fault itself made less of a difference than chance.
 */
export function judge(indicator: Indicator, { healthy, without, with: remedied }: Figures): Judgement {
  if (without === null || remedied === null) return 'does not help'
  const sign = indicator.worse === 'more' ? 1 : -1
  const harm = sign * (without - (healthy ?? 0))
  const relief = sign * (without - remedied)
  if (harm < indicator.noise) return 'no impact to reduce'
  return relief >= Math.max(LEAST_RELIEF * harm, indicator.noise) ? 'helps' : 'does not help'
}

/** The middle one; null for none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  if (upper === undefined) return null
  const lower = sorted.length % 2 === 1 ? upper : (sorted[middle - 1] ?? upper)
  return (lower + upper) / 2
}
