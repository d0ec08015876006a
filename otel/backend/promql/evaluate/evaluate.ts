// Evaluates a checked syntax tree over a grid of steps: one visit a node, all steps at once.

import type { Binary, Expr } from '../language/ast.ts'
import { typeOf } from '../language/check.ts'
import { isSetOperator } from '../language/operators.ts'
import { accumulate, isAccumulating } from './aggregate.ts'
import { scalarWithScalar, vectorWithScalar } from './binary-scalar.ts'
import { setOperation } from './binary-set.ts'
import { vectorWithVector } from './binary-vector.ts'
import { evaluateCall } from './call.ts'
import type { Evaluation } from './context.ts'
import { instantGrid, type StepGrid, timeAt } from './grid.ts'
import { selectInstant } from './instant-selector.ts'
import { countValues, evaluateQuantile, evaluateTopK } from './rank.ts'
import { isStepInvariant } from './step-invariant.ts'
import { dropNames, hasSamples, repeatSeries, type StepSeries, type StepVector } from './vector.ts'

/** The shared state of an evaluation, made able to evaluate. */
export function createEvaluation(parts: Omit<Evaluation, 'vector' | 'scalar'>): Evaluation {
  const { budget } = parts
  const evaluation: Evaluation = {
    ...parts,
    async vector(expr, grid) {
      if (grid.count === 0) return []
      if (budget.due()) await budget.pause()
      const heldBefore = budget.held
      const vector = await (grid.count > 1 && isStepInvariant(expr)
        ? evaluateOnce(evaluation, expr, grid)
        : evaluateVector(evaluation, expr, grid))
      const result = vector.filter(hasSamples)
      // What the operands held is garbage now.
      budget.held = heldBefore
      budget.hold(result.length * grid.count)
      return result
    },
    async scalar(expr, grid) {
      budget.hold(grid.count)
      return evaluateScalar(evaluation, expr, grid)
    },
  }
  return evaluation
}

async function evaluateOnce(evaluation: Evaluation, expr: Expr, grid: StepGrid): Promise<StepVector> {
  const vector = await evaluateVector(evaluation, expr, instantGrid(grid.startMs))
  evaluation.budget.hold(vector.length * grid.count)
  return vector.map((series) => repeatSeries(series, grid))
}

async function evaluateVector(evaluation: Evaluation, expr: Expr, grid: StepGrid): Promise<StepVector> {
  switch (expr.kind) {
    case 'vector-selector': {
      const kept: StepSeries[] = []
      await selectInstant(evaluation, expr, grid, 'value', (series) => {
        evaluation.budget.hold(grid.count)
        kept.push(series)
        return true
      })
      return kept
    }
    case 'paren':
      return evaluation.vector(expr.expr, grid)
    case 'unary': {
      const vector = await evaluation.vector(expr.expr, grid)
      return expr.operator === '-' ? negate(vector) : vector
    }
    case 'aggregate':
      if (isAccumulating(expr)) return accumulate(evaluation, expr, grid)
      if (expr.operator === 'quantile') return evaluateQuantile(evaluation, expr, grid)
      if (expr.operator === 'count_values') return countValues(evaluation, expr, grid)
      return evaluateTopK(evaluation, expr, grid)
    case 'call':
      return evaluateCall(evaluation, expr, grid)
    case 'binary':
      return evaluateBinary(evaluation, expr, grid)
    default:
      throw new Error(`a ${expr.kind} is no instant vector`)
  }
}

function negate(vector: StepVector): StepVector {
  for (const { values } of vector) for (let i = 0; i < values.length; i++) values[i] = -(values[i] as number)
  return dropNames(vector)
}

function evaluateBinary(evaluation: Evaluation, node: Binary, grid: StepGrid): Promise<StepVector> {
  if (typeOf(node.right) === 'scalar') return vectorWithScalar(evaluation, node, grid, 'left')
  if (typeOf(node.left) === 'scalar') return vectorWithScalar(evaluation, node, grid, 'right')
  if (isSetOperator(node.operator)) return setOperation(evaluation, node, grid)
  return vectorWithVector(evaluation, node, grid)
}

async function evaluateScalar(evaluation: Evaluation, expr: Expr, grid: StepGrid): Promise<Float64Array> {
  switch (expr.kind) {
    case 'number':
      return new Float64Array(grid.count).fill(expr.value)
    case 'paren':
      return evaluation.scalar(expr.expr, grid)
    case 'unary': {
      const values = await evaluation.scalar(expr.expr, grid)
      return expr.operator === '-' ? values.map((value) => -value) : values
    }
    case 'binary':
      return scalarWithScalar(evaluation, expr, grid)
    case 'call':
      return evaluateScalarCall(evaluation, expr, grid)
    default:
      throw new Error(`a ${expr.kind} is no scalar`)
  }
}

async function evaluateScalarCall(evaluation: Evaluation, { name, args }: Expr & { kind: 'call' }, grid: StepGrid) {
  const values = new Float64Array(grid.count)
  if (name === 'pi') return values.fill(Math.PI)
  if (name === 'time') return values.map((_, i) => timeAt(grid, i) / 1000)
  const [arg] = args
  if (name !== 'scalar' || !arg) throw new Error(`function ${name} is no scalar`)
  const counts = new Uint32Array(grid.count)
  for (const series of await evaluation.vector(arg, grid)) {
    for (let i = 0; i < grid.count; i++) {
      if (series.present[i] === 0) continue
      counts[i] = (counts[i] as number) + 1
      values[i] = series.values[i] as number
    }
  }
  return values.map((value, i) => (counts[i] === 1 ? value : Number.NaN))
}
