// The φ-quantile of plain values, as the aggregator `quantile` and `quantile_over_time` compute it.

/**
 * Interpolates between the two closest ranks. NaN values count as the smallest. The first `length` values are sorted in place.
 * @returns NaN without values or for a φ of NaN, -Inf for φ < 0, +Inf for φ > 1.
 */
export function quantileOf(phi: number, values: Float64Array, length: number): number {
  if (length === 0 || Number.isNaN(phi)) return Number.NaN
  if (phi < 0) return Number.NEGATIVE_INFINITY
  if (phi > 1) return Number.POSITIVE_INFINITY
  const sorted = values.subarray(0, length).sort()
  // A typed array sorts NaN to its end.
  let nans = 0
  while (nans < length && Number.isNaN(sorted[length - 1 - nans])) nans++
  const at = (index: number) => (index < nans ? Number.NaN : (sorted[index - nans] as number))
  const rank = phi * (length - 1)
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(length - 1, lower + 1)
  const weight = rank - Math.floor(rank)
  return at(lower) * (1 - weight) + at(upper) * weight
}

export function isQuantile(phi: number): boolean {
  return phi >= 0 && phi <= 1
}
