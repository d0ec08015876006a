// What every node of an evaluation shares.

import type { Expr } from '../language/ast.ts'
import type { Storage } from '../storage.ts'
import type { Annotations } from './annotations.ts'
import type { Budget } from './budget.ts'
import type { StepGrid } from './grid.ts'
import type { StepVector } from './vector.ts'

export interface Evaluation {
  readonly storage: Storage
  readonly budget: Budget
  readonly annotations: Annotations
  /** How far an instant selector looks back. */
  readonly lookbackMs: number
  /** Step of a subquery that names none. */
  readonly subqueryStepMs: number
  /** Start and end of the whole query, which `@ start()` and `@ end()` mean. */
  readonly queryStartMs: number
  readonly queryEndMs: number
  /** Evaluates an expression whose type is instant vector. */
  vector(expr: Expr, grid: StepGrid): Promise<StepVector>
  /** Evaluates a scalar: one value a step. */
  scalar(expr: Expr, grid: StepGrid): Promise<Float64Array>
}
