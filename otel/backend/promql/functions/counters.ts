// Range functions over the ends of a window: rates, increases, differences, and counts of resets and changes.

import { marksWithin, type Window, type WindowFunction } from './window.ts'

const isReset = (previous: number, value: number) => value < previous
const isChange = (previous: number, value: number) =>
  value !== previous && !(Number.isNaN(value) && Number.isNaN(previous))

/**
 * The difference between last and first sample, extrapolated to the ends of the window: all the way when the gap there is
 * shorter than 1.1 sampling intervals, else by half an interval; a counter never below zero. See Prometheus's `rate`.
 */
function extrapolated(window: Window, isCounter: boolean): number {
  const { timestampsMs, values, from, to, endMs, rangeMs } = window
  const last = to - 1
  const firstValue = values[from] as number
  let difference = (values[last] as number) - firstValue
  if (isCounter && marksWithin(window) > 0) difference += lostByResets(window)
  const firstMs = timestampsMs[from] as number
  const lastMs = timestampsMs[last] as number
  const sampled = (lastMs - firstMs) / 1000
  const interval = sampled / (last - from)
  const threshold = interval * 1.1
  let before = (firstMs - (endMs - rangeMs)) / 1000
  let after = (endMs - lastMs) / 1000
  if (before >= threshold) before = interval / 2
  if (isCounter && difference > 0 && firstValue >= 0) {
    // The counter was zero this long before the first sample, were it to grow evenly.
    before = Math.min(before, sampled * (firstValue / difference))
  }
  if (after >= threshold) after = interval / 2
  return difference * ((sampled + before + after) / sampled)
}

/** What the counter had reached at each of its resets. */
function lostByResets({ values, from, to }: Window): number {
  let lost = 0
  let previous = values[from] as number
  for (let i = from + 1; i < to; i++) {
    const value = values[i] as number
    if (value < previous) lost += previous
    previous = value
  }
  return lost
}

/** Difference of the last two samples; after a reset of a counter, the last sample itself. */
function lastDifference({ values, to }: Window, isCounter: boolean): number {
  const value = values[to - 1] as number
  const previous = values[to - 2] as number
  return isCounter && value < previous ? value : value - previous
}

function lastIntervalSeconds({ timestampsMs, to }: Window): number {
  return ((timestampsMs[to - 1] as number) - (timestampsMs[to - 2] as number)) / 1000
}

export const COUNTERS = {
  rate: { minSamples: 2, mark: isReset, apply: (window) => extrapolated(window, true) / (window.rangeMs / 1000) },
  increase: { minSamples: 2, mark: isReset, apply: (window) => extrapolated(window, true) },
  delta: { minSamples: 2, apply: (window) => extrapolated(window, false) },
  irate: { minSamples: 2, apply: (window) => lastDifference(window, true) / lastIntervalSeconds(window) },
  idelta: { minSamples: 2, apply: (window) => lastDifference(window, false) },
  resets: { minSamples: 1, mark: isReset, apply: marksWithin },
  changes: { minSamples: 1, mark: isChange, apply: marksWithin },
} satisfies Record<string, WindowFunction>
