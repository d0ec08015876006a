// Which expressions have the same value at every step, because `@` pins all that they look at: those are evaluated once.

import type { Expr } from '../language/ast.ts'
import { childrenOf } from '../language/walk.ts'

/** Their result depends on the time of the step even when their arguments do not. */
const TIME_DEPENDENT: ReadonlySet<string> = new Set(
  'day_of_month day_of_week day_of_year days_in_month hour minute month year time timestamp predict_linear'.split(' '),
)

const known = new WeakMap<Expr, boolean>()

export function isStepInvariant(expr: Expr): boolean {
  const remembered = known.get(expr)
  if (remembered !== undefined) return remembered
  const result = compute(expr)
  known.set(expr, result)
  return result
}

function compute(expr: Expr): boolean {
  if (expr.kind === 'vector-selector' || expr.kind === 'subquery') return expr.at !== undefined
  if (expr.kind === 'call' && TIME_DEPENDENT.has(expr.name)) return false
  return childrenOf(expr).every(isStepInvariant)
}
