// absent and absent_over_time: 1 where nothing is, labelled with what the selector asked for by equality.

import { EMPTY_LABELS, type Labels, labelsFromPairs, METRIC_NAME } from '../labels.ts'
import type { Call, Expr } from '../language/ast.ts'
import { unwrapParens } from '../language/walk.ts'
import { SampleBuffer } from '../storage.ts'
import type { Evaluation } from './context.ts'
import { type StepGrid, timeAt } from './grid.ts'
import { unionOfPresence } from './matching.ts'
import { asRangeExpr, openRange } from './range-source.ts'
import { newSeries, type StepVector } from './vector.ts'

export async function evaluateAbsent(evaluation: Evaluation, call: Call, grid: StepGrid): Promise<StepVector> {
  const [arg] = call.args as [Expr]
  const vector = await evaluation.vector(arg, grid)
  return complement(unionOfPresence(vector, grid.count), arg, grid)
}

export async function evaluateAbsentOverTime(evaluation: Evaluation, call: Call, grid: StepGrid): Promise<StepVector> {
  const [arg] = call.args as [Expr]
  const range = asRangeExpr(arg)
  if (!range) throw new Error('absent_over_time without a range')
  const { sources, ends, rangeMs } = await openRange(evaluation, range, grid)
  const present = new Uint8Array(grid.count)
  const buffer = new SampleBuffer()
  for (const source of sources) {
    if (evaluation.budget.due()) await evaluation.budget.pause()
    buffer.clear()
    source.load(buffer)
    let next = 0
    for (let step = 0; step < grid.count; step++) {
      const endMs = timeAt(ends, step)
      while (next < buffer.length && (buffer.timestampsMs[next] as number) <= endMs) next++
      if (next > 0 && (buffer.timestampsMs[next - 1] as number) > endMs - rangeMs) present[step] = 1
    }
  }
  return complement(present, range, grid)
}

function complement(present: Uint8Array, arg: Expr, grid: StepGrid): StepVector {
  if (!present.includes(0)) return []
  const series = newSeries(labelsAskedFor(arg), grid)
  series.values.fill(1)
  for (let i = 0; i < present.length; i++) series.present[i] = 1 - (present[i] as number)
  return [series]
}

/** Labels that the selector fixes by one equality matcher; a label matched twice is left out. */
function labelsAskedFor(arg: Expr): Labels {
  const inner = unwrapParens(arg)
  const selector = inner.kind === 'matrix-selector' ? inner.selector : inner
  if (selector.kind !== 'vector-selector') return EMPTY_LABELS
  const values = new Map<string, string>()
  const seen = new Set<string>()
  for (const { name, operator, value } of selector.matchers) {
    if (name === METRIC_NAME) continue
    if (operator === '=' && !seen.has(name)) {
      values.set(name, value)
      seen.add(name)
    } else {
      values.delete(name)
    }
  }
  return labelsFromPairs([...values])
}
