// Binary operators with a scalar on one side or both.

import type { Binary } from '../language/ast.ts'
import { ARITHMETIC, COMPARISONS, isArithmetic, isComparisonOperator } from './binary-operators.ts'
import type { Evaluation } from './context.ts'
import type { StepGrid } from './grid.ts'
import { dropNames, type StepSeries, type StepVector } from './vector.ts'

export async function scalarWithScalar(evaluation: Evaluation, node: Binary, grid: StepGrid): Promise<Float64Array> {
  const { operator } = node
  const left = await evaluation.scalar(node.left, grid)
  const right = await evaluation.scalar(node.right, grid)
  if (isArithmetic(operator)) {
    const apply = ARITHMETIC[operator]
    return left.map((value, i) => apply(value, right[i] as number))
  }
  if (!isComparisonOperator(operator)) throw new Error(`operator ${operator} between scalars`)
  const holds = COMPARISONS[operator]
  return left.map((value, i) => (holds(value, right[i] as number) ? 1 : 0))
}

/** A comparison without `bool` keeps the vector's samples for which it holds, whichever side the vector is on. */
export async function vectorWithScalar(
  evaluation: Evaluation,
  node: Binary,
  grid: StepGrid,
  vectorSide: 'left' | 'right',
): Promise<StepVector> {
  const { operator, returnBool } = node
  const swap = vectorSide === 'right'
  const left = swap ? await evaluation.scalar(node.left, grid) : await evaluation.vector(node.left, grid)
  const right = swap ? await evaluation.vector(node.right, grid) : await evaluation.scalar(node.right, grid)
  const scalars = (swap ? left : right) as Float64Array
  const vector = (swap ? right : left) as StepVector
  const apply = elementOperation(operator, returnBool)
  for (const series of vector) {
    if (evaluation.budget.due()) await evaluation.budget.pause()
    apply(series, scalars, swap)
  }
  const keepsName = isComparisonOperator(operator) && !returnBool
  return keepsName ? vector : dropNames(vector)
}

type ElementOperation = (series: StepSeries, scalars: Float64Array, swap: boolean) => void

function elementOperation(operator: string, returnBool: boolean): ElementOperation {
  if (isArithmetic(operator)) {
    const apply = ARITHMETIC[operator]
    return ({ values }, scalars, swap) => {
      for (let i = 0; i < values.length; i++) {
        const value = values[i] as number
        const scalar = scalars[i] as number
        values[i] = swap ? apply(scalar, value) : apply(value, scalar)
      }
    }
  }
  if (!isComparisonOperator(operator)) throw new Error(`operator ${operator} with a scalar`)
  const holds = COMPARISONS[operator]
  return ({ values, present }, scalars, swap) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number
      const scalar = scalars[i] as number
      const kept = swap ? holds(scalar, value) : holds(value, scalar)
      if (returnBool) values[i] = kept ? 1 : 0
      else if (!kept) present[i] = 0
    }
  }
}
