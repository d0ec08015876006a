// Hands the series of a vector to a consumer one at a time, so that an aggregation over many series holds one of them.

import type { Expr } from '../language/ast.ts'
import { unwrapParens } from '../language/walk.ts'
import type { Evaluation } from './context.ts'
import type { StepGrid } from './grid.ts'
import { selectInstant } from './instant-selector.ts'
import { evaluateRangeCall, isRangeCall } from './range-call.ts'
import { isStepInvariant } from './step-invariant.ts'
import type { StepSeries } from './vector.ts'

/** `consume` answers whether it keeps the series; if not, its arrays may be used again. */
export async function streamVector(
  evaluation: Evaluation,
  expr: Expr,
  grid: StepGrid,
  consume: (series: StepSeries) => boolean,
): Promise<void> {
  const inner = unwrapParens(expr)
  const once = grid.count > 1 && isStepInvariant(inner)
  if (inner.kind === 'vector-selector' && !once) return selectInstant(evaluation, inner, grid, 'value', consume)
  if (inner.kind === 'call' && isRangeCall(inner) && !once) return evaluateRangeCall(evaluation, inner, grid, consume)
  for (const series of await evaluation.vector(inner, grid)) {
    if (evaluation.budget.due()) await evaluation.budget.pause()
    consume(series)
  }
}
