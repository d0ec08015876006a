// Classic histograms: quantiles and fractions of one histogram's cumulative bucket counts.

import { almostEqual } from './arithmetic.ts'

/** One histogram at one time: parallel arrays, bounds rising; only the first `length` entries count. */
export interface Buckets {
  readonly upperBounds: Float64Array
  readonly counts: Float64Array
  length: number
}

export function newBuckets(capacity: number): Buckets {
  return { upperBounds: new Float64Array(capacity), counts: new Float64Array(capacity), length: 0 }
}

/** Adds the next bucket; equal bounds (`le="1"` and `le="1.0"`) become one. Bounds must come in order. */
export function addBucket(buckets: Buckets, upperBound: number, count: number): void {
  const { upperBounds, counts, length } = buckets
  if (length > 0 && upperBounds[length - 1] === upperBound) {
    counts[length - 1] = (counts[length - 1] as number) + count
    return
  }
  upperBounds[length] = upperBound
  counts[length] = count
  buckets.length++
}

/** Differences below this, relative to the counts, are rounding errors. */
const NOISE = 1e-12

/** Makes the counts rise. True when more than noise had to be removed, so that the result is doubtful. */
export function forceMonotonic({ counts, length }: Buckets): boolean {
  let forced = false
  let previous = counts[0] as number
  for (let i = 1; i < length; i++) {
    const count = counts[i] as number
    if (count === previous) continue
    const isNoise = almostEqual(previous, count, NOISE)
    if (isNoise || count < previous) {
      counts[i] = previous
      forced ||= !isNoise
    } else {
      previous = count
    }
  }
  return forced
}

/**
 * The φ-quantile, interpolated linearly within its bucket; the lowest bucket begins at 0 if its bound is positive.
 * In the highest bucket, the bound below it. NaN without a +Inf bucket, with a single bucket, or without observations.
 */
export function bucketQuantile(phi: number, buckets: Buckets): { quantile: number; forced: boolean } {
  const { upperBounds, counts, length } = buckets
  if (Number.isNaN(phi)) return { quantile: Number.NaN, forced: false }
  if (phi < 0) return { quantile: Number.NEGATIVE_INFINITY, forced: false }
  if (phi > 1) return { quantile: Number.POSITIVE_INFINITY, forced: false }
  if (upperBounds[length - 1] !== Number.POSITIVE_INFINITY) return { quantile: Number.NaN, forced: false }
  const forced = forceMonotonic(buckets)
  const observations = counts[length - 1] as number
  if (length < 2 || observations === 0) return { quantile: Number.NaN, forced }
  const rank = phi * observations
  // Negated, so that a NaN count is passed over just as a too small one.
  let bucket = 0
  while (bucket < length - 1 && !((counts[bucket] as number) >= rank)) bucket++
  if (bucket === length - 1) return { quantile: upperBounds[length - 2] as number, forced }
  const end = upperBounds[bucket] as number
  if (bucket === 0) {
    return { quantile: end <= 0 ? end : end * (rank / (counts[0] as number)), forced }
  }
  const start = upperBounds[bucket - 1] as number
  const below = counts[bucket - 1] as number
  const share = (rank - below) / ((counts[bucket] as number) - below)
  return { quantile: start + (end - start) * share, forced }
}

/** The share of observations between two values, interpolated as the quantile is. */
export function bucketFraction(lower: number, upper: number, buckets: Buckets): number {
  const { upperBounds, counts, length } = buckets
  if (upperBounds[length - 1] !== Number.POSITIVE_INFINITY) return Number.NaN
  const observations = counts[length - 1] as number
  if (observations === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN
  if (lower >= upper) return 0
  return (rankOf(upper, buckets, observations) - rankOf(lower, buckets, observations)) / observations
}

/** How many observations are at most `value`. */
function rankOf(value: number, { upperBounds, counts, length }: Buckets, observations: number): number {
  let below = 0
  let start = (upperBounds[0] as number) > 0 ? 0 : Number.NEGATIVE_INFINITY
  for (let i = 0; i < length; i++) {
    const end = upperBounds[i] as number
    const count = counts[i] as number
    if (start >= value) return Math.min(below, observations)
    if (end > value) {
      const isOpen = start === Number.NEGATIVE_INFINITY
      return Math.min(isOpen ? count : below + ((count - below) * (value - start)) / (end - start), observations)
    }
    below = count
    start = end
  }
  return observations
}

/** The bound that an `le` label states, or undefined. */
export function parseBound(label: string): number | undefined {
  if (/^[+-]?inf(inity)?$/i.test(label))
    return label.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(label)) return undefined
  return Number(label)
}
