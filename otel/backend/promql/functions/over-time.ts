// Range functions over all values of a window. Sums are compensated (Kahan, Neumaier) as Prometheus's are.

import { quantileOf } from './quantile.ts'
import type { Window, WindowFunction } from './window.ts'

function sum({ values, from, to }: Window): number {
  let total = 0
  let lost = 0
  for (let i = from; i < to; i++) {
    const value = values[i] as number
    const next = total + value
    if (next - next !== 0) lost = 0
    else lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total
    total = next
  }
  return total + lost
}

/** The mean of the sum, unless the sum overflows: then the running mean of what is added one by one. */
function average(window: Window): number {
  const { values, from, to } = window
  const count = to - from
  const total = sum(window)
  if (Math.abs(total) !== Number.POSITIVE_INFINITY) return total / count
  let mean = values[from] as number
  for (let i = from + 1; i < to; i++) {
    const n = i - from + 1
    mean = mean * ((n - 1) / n) + (values[i] as number) / n
  }
  return mean
}

/** Welford's algorithm. */
function variance({ values, from, to }: Window): number {
  let mean = 0
  let squares = 0
  for (let i = from; i < to; i++) {
    const value = values[i] as number
    const difference = value - mean
    mean += difference / (i - from + 1)
    squares += difference * (value - mean)
  }
  return squares / (to - from)
}

function largest({ values, from, to }: Window): number {
  let found = values[from] as number
  for (let i = from + 1; i < to; i++) {
    const value = values[i] as number
    if (value > found || Number.isNaN(found)) found = value
  }
  return found
}

function smallest({ values, from, to }: Window): number {
  let found = values[from] as number
  for (let i = from + 1; i < to; i++) {
    const value = values[i] as number
    if (value < found || Number.isNaN(found)) found = value
  }
  return found
}

export const OVER_TIME = {
  avg_over_time: { minSamples: 1, apply: average },
  count_over_time: { minSamples: 1, apply: ({ from, to }) => to - from },
  last_over_time: { minSamples: 1, keepsName: true, apply: ({ values, to }) => values[to - 1] as number },
  max_over_time: { minSamples: 1, apply: largest },
  min_over_time: { minSamples: 1, apply: smallest },
  present_over_time: { minSamples: 1, apply: () => 1 },
  quantile_over_time: {
    minSamples: 1,
    apply: ({ values, from, to }, phi) => quantileOf(phi, values.slice(from, to), to - from),
  },
  stddev_over_time: { minSamples: 1, apply: (window) => Math.sqrt(variance(window)) },
  stdvar_over_time: { minSamples: 1, apply: variance },
  sum_over_time: { minSamples: 1, apply: sum },
} satisfies Record<string, WindowFunction>
