// From step values to what a query answers.

import { compareLabels, EMPTY_LABELS } from '../labels.ts'
import type { Expr } from '../language/ast.ts'
import { typeOf } from '../language/check.ts'
import { unwrapParens } from '../language/walk.ts'
import type { QueryValue, SampleSeries } from '../query-result.ts'
import { SampleBuffer } from '../storage.ts'
import type { Evaluation } from './context.ts'
import { type StepGrid, timeAt } from './grid.ts'
import { asRangeExpr, openRange, type RangeExpr } from './range-source.ts'
import type { StepSeries } from './vector.ts'

/** Evaluates at the single step of the grid. */
export async function instantValue(evaluation: Evaluation, expr: Expr, grid: StepGrid): Promise<QueryValue> {
  const timestampMs = grid.startMs
  const range = asRangeExpr(expr)
  if (range) return { type: 'matrix', series: await rawSeries(evaluation, range, grid) }
  const inner = unwrapParens(expr)
  if (inner.kind === 'string') return { type: 'string', timestampMs, value: inner.value }
  if (typeOf(expr) === 'scalar') {
    const values = await evaluation.scalar(expr, grid)
    return { type: 'scalar', timestampMs, value: values[0] as number }
  }
  const vector = await evaluation.vector(expr, grid)
  const samples = vector.map(({ labels, values }) => ({ labels, timestampMs, value: values[0] as number }))
  return { type: 'vector', samples }
}

/** Evaluates at all steps; series are sorted by their labels. */
export async function rangeValue(evaluation: Evaluation, expr: Expr, grid: StepGrid) {
  if (typeOf(expr) === 'scalar') {
    const values = await evaluation.scalar(expr, grid)
    const timestampsMs = values.map((_, i) => timeAt(grid, i))
    return { type: 'matrix' as const, series: [{ labels: EMPTY_LABELS, timestampsMs, values }] }
  }
  const series: SampleSeries[] = []
  for (const stepSeries of await evaluation.vector(expr, grid)) {
    if (evaluation.budget.due()) await evaluation.budget.pause()
    series.push(withoutGaps(stepSeries, grid))
  }
  return { type: 'matrix' as const, series: sorted(series) }
}

function withoutGaps({ labels, values, present }: StepSeries, grid: StepGrid): SampleSeries {
  let count = 0
  const timestampsMs = new Float64Array(grid.count)
  for (let i = 0; i < grid.count; i++) {
    if (present[i] === 0) continue
    timestampsMs[count] = timeAt(grid, i)
    values[count] = values[i] as number
    count++
  }
  return { labels, timestampsMs: timestampsMs.subarray(0, count), values: values.subarray(0, count) }
}

async function rawSeries(evaluation: Evaluation, range: RangeExpr, grid: StepGrid): Promise<SampleSeries[]> {
  const { sources } = await openRange(evaluation, range, grid)
  const series: SampleSeries[] = []
  const buffer = new SampleBuffer()
  for (const { labels, load } of sources) {
    if (evaluation.budget.due()) await evaluation.budget.pause()
    buffer.clear()
    load(buffer)
    if (buffer.length === 0) continue
    evaluation.budget.hold(buffer.length)
    const timestampsMs = buffer.timestampsMs.slice(0, buffer.length)
    series.push({ labels, timestampsMs, values: buffer.values.slice(0, buffer.length) })
  }
  return sorted(series)
}

function sorted(series: SampleSeries[]): SampleSeries[] {
  return series.toSorted((a, b) => compareLabels(a.labels, b.labels))
}
