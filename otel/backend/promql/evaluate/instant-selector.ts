// Instant selectors: for each step, the newest sample at most the lookback old, unless it is a staleness marker.

import type { VectorSelector } from '../language/ast.ts'
import { SampleBuffer } from '../storage.ts'
import type { Evaluation } from './context.ts'
import { lastTime, type StepGrid, timeAt } from './grid.ts'
import { shiftedGrid } from './time-shift.ts'
import { hasSamples, newSeries, type StepSeries } from './vector.ts'

/** What a selected step holds: the sample's value, or its time in seconds (for `timestamp`). */
export type Picked = 'value' | 'time'

/**
 * Hands each selected series to `consume`, one at a time. Unless `consume` keeps it (answers true), its arrays are used again.
 */
export async function selectInstant(
  evaluation: Evaluation,
  selector: VectorSelector,
  grid: StepGrid,
  picked: Picked,
  consume: (series: StepSeries) => boolean,
): Promise<void> {
  if (grid.count === 0) return
  const { storage, budget, lookbackMs } = evaluation
  const looked = shiftedGrid(selector, grid, evaluation)
  // Left-open since version 3: a sample exactly as old as the lookback is not seen.
  const fromMs = looked.startMs - lookbackMs + 1
  const toMs = lastTime(looked)
  const buffer = new SampleBuffer()
  let spare: StepSeries | undefined
  for (const stored of storage.select(selector.matchers, fromMs, toMs)) {
    if (budget.due()) await budget.pause()
    buffer.clear()
    stored.read(fromMs, toMs, buffer)
    budget.samplesRead += buffer.length
    if (buffer.length === 0) continue
    const series: StepSeries = spare ? { ...spare, labels: stored.labels } : newSeries(stored.labels, grid)
    series.present.fill(0)
    pickSteps(buffer, looked, lookbackMs, picked, series)
    spare = hasSamples(series) && consume(series) ? undefined : series
  }
}

function pickSteps(
  { timestampsMs, values, stale, length }: SampleBuffer,
  looked: StepGrid,
  lookbackMs: number,
  picked: Picked,
  out: StepSeries,
): void {
  let next = 0
  for (let step = 0; step < looked.count; step++) {
    const atMs = timeAt(looked, step)
    while (next < length && (timestampsMs[next] as number) <= atMs) next++
    const newest = next - 1
    if (newest < 0 || stale[newest] === 1) continue
    const timestampMs = timestampsMs[newest] as number
    if (timestampMs <= atMs - lookbackMs) continue
    out.values[step] = picked === 'value' ? (values[newest] as number) : timestampMs / 1000
    out.present[step] = 1
  }
}
