// Where JavaScript's floating-point functions answer otherwise than Go's, Go's answer.

/** `1 ^ NaN` and `±1 ^ ±Inf` are 1 in Go (and in IEEE 754's pow), NaN in JavaScript. */
export function power(base: number, exponent: number): number {
  if (base === 1) return 1
  if (base === -1 && (exponent === Number.POSITIVE_INFINITY || exponent === Number.NEGATIVE_INFINITY)) return 1
  return base ** exponent
}

/** Go's max: +Inf wins over NaN. */
export function max(a: number, b: number): number {
  if (a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY
  return Math.max(a, b)
}

/** Go's min: -Inf wins over NaN. */
export function min(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY || b === Number.NEGATIVE_INFINITY) return Number.NEGATIVE_INFINITY
  return Math.min(a, b)
}

/** Two numbers whose difference is noise: relative to their sum, below the tolerance. */
export function almostEqual(a: number, b: number, tolerance: number): boolean {
  if (a === b) return true
  const sum = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  const smallestNormal = 2.2250738585072014e-308
  if (a === 0 || b === 0 || sum < smallestNormal) return difference < tolerance * smallestNormal
  return difference / Math.min(sum, Number.MAX_VALUE) < tolerance
}
