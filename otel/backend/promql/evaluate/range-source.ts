// Range vectors: where the samples of a range selector or subquery come from, one series at a time.

import type { Labels } from '../labels.ts'
import type { Expr, MatrixSelector, Subquery } from '../language/ast.ts'
import { unwrapParens } from '../language/walk.ts'
import type { SampleBuffer } from '../storage.ts'
import type { Evaluation } from './context.ts'
import { gridBetween, lastTime, type StepGrid, timeAt } from './grid.ts'
import { shiftedGrid } from './time-shift.ts'

/** The series of a range vector, and the windows `(end - range, end]` that end at the times of `ends`. */
export interface RangeVector {
  readonly ends: StepGrid
  readonly rangeMs: number
  readonly sources: readonly RangeSource[]
}

export interface RangeSource {
  readonly labels: Labels
  /** Fills an empty buffer with the samples of all windows; no staleness markers. */
  load(buffer: SampleBuffer): void
}

export type RangeExpr = MatrixSelector | Subquery

export function asRangeExpr(expr: Expr): RangeExpr | undefined {
  const inner = unwrapParens(expr)
  return inner.kind === 'matrix-selector' || inner.kind === 'subquery' ? inner : undefined
}

export function openRange(evaluation: Evaluation, expr: RangeExpr, grid: StepGrid): Promise<RangeVector> {
  return expr.kind === 'subquery'
    ? openSubquery(evaluation, expr, grid)
    : Promise.resolve(openSelector(evaluation, expr, grid))
}

function openSelector(evaluation: Evaluation, { selector, rangeMs }: MatrixSelector, grid: StepGrid): RangeVector {
  const ends = shiftedGrid(selector, grid, evaluation)
  if (grid.count === 0) return { ends, rangeMs, sources: [] }
  const fromMs = ends.startMs - rangeMs + 1
  const toMs = lastTime(ends)
  const stored = evaluation.storage.select(selector.matchers, fromMs, toMs)
  const sources = stored.map((series) => ({
    labels: series.labels,
    load(buffer: SampleBuffer) {
      series.read(fromMs, toMs, buffer)
      evaluation.budget.samplesRead += buffer.length
      if (buffer.hasStale) dropStale(buffer)
    },
  }))
  return { ends, rangeMs, sources }
}

function dropStale(buffer: SampleBuffer): void {
  const { timestampsMs, values, stale, length } = buffer
  let kept = 0
  for (let i = 0; i < length; i++) {
    if (stale[i] === 1) continue
    timestampsMs[kept] = timestampsMs[i] as number
    values[kept] = values[i] as number
    kept++
  }
  buffer.stale.fill(0, 0, length)
  buffer.hasStale = false
  buffer.length = kept
}

/** The inner expression is evaluated once, at every multiple of the step that any of the windows holds. */
async function openSubquery(evaluation: Evaluation, subquery: Subquery, grid: StepGrid): Promise<RangeVector> {
  const { rangeMs, stepMs = evaluation.subqueryStepMs } = subquery
  const ends = shiftedGrid(subquery, grid, evaluation)
  if (grid.count === 0) return { ends, rangeMs, sources: [] }
  const inner = gridBetween(firstStepAfter(ends.startMs - rangeMs, stepMs), lastTime(ends), stepMs)
  evaluation.budget.hold(inner.count)
  const vector = await evaluation.vector(subquery.expr, inner)
  const sources = vector.map(({ labels, values, present }) => ({
    labels,
    load(buffer: SampleBuffer) {
      buffer.reserve(inner.count)
      for (let i = 0; i < inner.count; i++) if (present[i] === 1) buffer.push(timeAt(inner, i), values[i] as number)
    },
  }))
  return { ends, rangeMs, sources }
}

/** The first multiple of the step after a time; the division truncates towards zero, as Prometheus's does. */
function firstStepAfter(timeMs: number, stepMs: number): number {
  const multiple = stepMs * Math.trunc(timeMs / stepMs)
  return multiple <= timeMs ? multiple + stepMs : multiple
}
