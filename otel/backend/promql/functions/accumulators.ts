// Aggregations that keep a few numbers per group and step: series are added one by one, then the result is taken.

import type { StepSeries } from '../evaluate/vector.ts'

export interface Accumulator {
  add(series: StepSeries): void
  /** Values where a sample was added; `present` says where that is. */
  finish(): { values: Float64Array; present: Uint8Array }
}

type CreateAccumulator = (steps: number) => Accumulator

/** Keeps one number per step: `first` of the first sample, then `next` of the number and each further sample. */
function folding(first: (value: number) => number, next: (kept: number, value: number) => number): CreateAccumulator {
  return (steps) => {
    const kept = new Float64Array(steps)
    const present = new Uint8Array(steps)
    return {
      add(series) {
        for (let i = 0; i < steps; i++) {
          if (series.present[i] === 0) continue
          const value = series.values[i] as number
          kept[i] = present[i] === 0 ? first(value) : next(kept[i] as number, value)
          present[i] = 1
        }
      },
      finish: () => ({ values: kept, present }),
    }
  }
}

/** Sums with compensation, and counts. */
function createTotals(steps: number) {
  const totals = new Float64Array(steps)
  const lost = new Float64Array(steps)
  const counts = new Uint32Array(steps)
  const present = new Uint8Array(steps)
  function add(series: StepSeries): void {
    for (let i = 0; i < steps; i++) {
      if (series.present[i] === 0) continue
      const value = series.values[i] as number
      const total = totals[i] as number
      const next = total + value
      if (next - next !== 0) lost[i] = 0
      else {
        const error = Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total
        lost[i] = (lost[i] as number) + error
      }
      totals[i] = next
      counts[i] = (counts[i] as number) + 1
      present[i] = 1
    }
  }
  return { totals, lost, counts, present, add }
}

const sum: CreateAccumulator = (steps) => {
  const { totals, lost, present, add } = createTotals(steps)
  return { add, finish: () => ({ values: totals.map((total, i) => total + (lost[i] as number)), present }) }
}

/** The mean of the sum; where the sum overflows, the running mean, which is kept beside it. */
const avg: CreateAccumulator = (steps) => {
  const { totals, lost, counts, present, add } = createTotals(steps)
  const means = new Float64Array(steps)
  return {
    add(series) {
      add(series)
      for (let i = 0; i < steps; i++) {
        if (series.present[i] === 0) continue
        const n = counts[i] as number
        means[i] = (means[i] as number) * ((n - 1) / n) + (series.values[i] as number) / n
      }
    },
    finish() {
      const values = totals.map((total, i) => {
        if (Math.abs(total) === Number.POSITIVE_INFINITY) return means[i] as number
        return (total + (lost[i] as number)) / (counts[i] as number)
      })
      return { values, present }
    },
  }
}

/** Welford's algorithm; a first value that is not finite makes the result NaN. */
function spread(finish: (variance: number) => number): CreateAccumulator {
  return (steps) => {
    const means = new Float64Array(steps)
    const squares = new Float64Array(steps)
    const counts = new Uint32Array(steps)
    const present = new Uint8Array(steps)
    return {
      add(series) {
        for (let i = 0; i < steps; i++) {
          if (series.present[i] === 0) continue
          const value = series.values[i] as number
          const n = (counts[i] as number) + 1
          counts[i] = n
          present[i] = 1
          const difference = value - (means[i] as number)
          const mean = (means[i] as number) + difference / n
          means[i] = mean
          squares[i] = (squares[i] as number) + difference * (value - mean)
        }
      },
      finish: () => ({ values: squares.map((total, i) => finish(total / (counts[i] as number))), present }),
    }
  }
}

const identity = (value: number) => value

export const ACCUMULATORS = {
  sum,
  avg,
  count: folding(
    () => 1,
    (kept) => kept + 1,
  ),
  group: folding(() => 1, identity),
  // NaN gives way to any number.
  max: folding(identity, (kept, value) => (value > kept || Number.isNaN(kept) ? value : kept)),
  min: folding(identity, (kept, value) => (value < kept || Number.isNaN(kept) ? value : kept)),
  stddev: spread(Math.sqrt),
  stdvar: spread(identity),
} satisfies Record<string, CreateAccumulator>

export type AccumulatorName = keyof typeof ACCUMULATORS
