// Straight lines through the samples of a window, by least squares.

import type { Window, WindowFunction } from './window.ts'

/** Slope per second, and the line's value at `originMs`. Sums are compensated: times squared are large. */
function line({ timestampsMs, values, from, to }: Window, originMs: number): { slope: number; intercept: number } {
  const first = values[from] as number
  if (isConstant(values, from, to)) {
    return Number.isFinite(first) ? { slope: 0, intercept: first } : { slope: Number.NaN, intercept: Number.NaN }
  }
  const count = to - from
  // Sums and their compensations of x, y, x·y, x·x.
  const sums = [0, 0, 0, 0]
  const lost = [0, 0, 0, 0]
  const add = (index: number, value: number) => {
    const total = sums[index] as number
    const next = total + value
    if (next - next !== 0) lost[index] = 0
    else {
      const error = Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total
      lost[index] = (lost[index] as number) + error
    }
    sums[index] = next
  }
  for (let i = from; i < to; i++) {
    const x = ((timestampsMs[i] as number) - originMs) / 1000
    const y = values[i] as number
    add(0, x)
    add(1, y)
    add(2, x * y)
    add(3, x * x)
  }
  const [x = 0, y = 0, xy = 0, xx = 0] = sums.map((total, index) => total + (lost[index] as number))
  const slope = (xy - (x * y) / count) / (xx - (x * x) / count)
  return { slope, intercept: y / count - (slope * x) / count }
}

function isConstant(values: Float64Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (values[i] !== values[from]) return false
  return true
}

export const REGRESSION = {
  deriv: { minSamples: 2, apply: (window) => line(window, window.timestampsMs[window.from] as number).slope },
  predict_linear: {
    minSamples: 2,
    apply(window, seconds) {
      const { slope, intercept } = line(window, window.evaluationMs)
      return slope * seconds + intercept
    },
  },
} satisfies Record<string, WindowFunction>
