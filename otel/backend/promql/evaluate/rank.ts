// Aggregations that look at all samples of a group together, step by step: topk, bottomk, quantile, count_values.

import { isQuantile, quantileOf } from '../functions/quantile.ts'
import { type Labels, withLabel } from '../labels.ts'
import type { Aggregate, Expr } from '../language/ast.ts'
import { formatPlainNumber } from '../language/number.ts'
import { unwrapParens } from '../language/walk.ts'
import { QueryError } from '../query-error.ts'
import { createGrouping } from './aggregate.ts'
import { invalidQuantile } from './annotations.ts'
import type { Evaluation } from './context.ts'
import type { StepGrid } from './grid.ts'
import { newSeries, type StepSeries, type StepVector } from './vector.ts'

interface Group {
  readonly labels: Labels
  readonly members: StepSeries[]
}

function groupsOf(vector: StepVector, node: Aggregate): Group[] {
  const groupOf = createGrouping(node)
  const groups = new Map<string, Group>()
  for (const series of vector) {
    const labels = groupOf(series.labels)
    const group = groups.get(labels.key)
    if (group) group.members.push(series)
    else groups.set(labels.key, { labels, members: [series] })
  }
  return [...groups.values()]
}

export async function evaluateQuantile(evaluation: Evaluation, node: Aggregate, grid: StepGrid): Promise<StepVector> {
  const { budget, annotations } = evaluation
  const param = paramOf(node)
  const phis = await evaluation.scalar(param, grid)
  const vector = await evaluation.vector(node.expr, grid)
  for (const phi of new Set(phis)) if (!isQuantile(phi)) annotations.warn(invalidQuantile(phi), param)
  const result: StepSeries[] = []
  for (const { labels, members } of groupsOf(vector, node)) {
    budget.hold(grid.count)
    const series = newSeries(labels, grid)
    const values = new Float64Array(members.length)
    for (let step = 0; step < grid.count; step++) {
      if (budget.due()) await budget.pause()
      let count = 0
      for (const member of members) if (member.present[step] === 1) values[count++] = member.values[step] as number
      if (count === 0) continue
      series.values[step] = quantileOf(phis[step] as number, values, count)
      series.present[step] = 1
    }
    result.push(series)
  }
  return result
}

/** Keeps the k largest (smallest) samples of each group; of equal ones, those of the series that came first. */
export async function evaluateTopK(evaluation: Evaluation, node: Aggregate, grid: StepGrid): Promise<StepVector> {
  const { budget } = evaluation
  const ks = await evaluation.scalar(paramOf(node), grid)
  if (ks.every((k) => k < 1)) return []
  if (ks.some((k) => Number.isNaN(k))) throw new QueryError('execution', 'Parameter value is NaN')
  const tooLarge = ks.find((k) => Math.abs(k) >= 2 ** 63)
  if (tooLarge !== undefined) {
    const beyond = tooLarge > 0 ? 'overflows' : 'underflows'
    throw new QueryError('execution', `Scalar value ${formatPlainNumber(tooLarge)} ${beyond} int64`)
  }
  const vector = await evaluation.vector(node.expr, grid)
  const sign = node.operator === 'topk' ? -1 : 1
  const result: StepSeries[] = []
  for (const { members } of groupsOf(vector, node)) {
    const order: number[] = []
    for (let step = 0; step < grid.count; step++) {
      if (budget.due()) await budget.pause()
      keepBest(members, step, Math.trunc(ks[step] as number), sign, order)
    }
    // An instant answer shows the best first.
    if (grid.count === 1) result.push(...order.map((index) => members[index] as StepSeries))
    else result.push(...members)
  }
  return result
}

/** Up to this k, the best are kept in order while going through the members once; beyond, all are sorted. */
const FEW = 32

/** Clears the step of all but the best k members; `order` becomes the kept ones, best first, NaN last. */
function keepBest(members: StepSeries[], step: number, k: number, sign: 1 | -1, order: number[]): void {
  order.length = 0
  if (k < 1) {
    for (const { present } of members) present[step] = 0
    return
  }
  const valueAt = (index: number) => members[index]?.values[step] as number
  const isBefore = (a: number, b: number) => {
    const x = valueAt(a)
    const y = valueAt(b)
    if (x === y) return a < b
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? Number.isNaN(y) && a < b : true
    return sign === 1 ? x < y : x > y
  }
  for (let index = 0; index < members.length; index++) {
    const { present } = members[index] as StepSeries
    if (present[step] === 0) continue
    if (k <= FEW) {
      insertBest(order, index, k, isBefore)
      present[step] = 0
    } else order.push(index)
  }
  if (k > FEW) {
    order.sort((a, b) => (isBefore(a, b) ? -1 : 1))
    for (const index of order.splice(k)) (members[index] as StepSeries).present[step] = 0
  }
  for (const index of order) (members[index] as StepSeries).present[step] = 1
}

function insertBest(order: number[], index: number, k: number, isBefore: (a: number, b: number) => boolean): void {
  if (order.length === k) {
    if (!isBefore(index, order[k - 1] as number)) return
    order.pop()
  }
  let at = order.length
  while (at > 0 && isBefore(index, order[at - 1] as number)) at--
  order.splice(at, 0, index)
}

/** One series for each distinct value, named by a label: how many samples had it. */
export async function countValues(evaluation: Evaluation, node: Aggregate, grid: StepGrid): Promise<StepVector> {
  const { budget } = evaluation
  const param = unwrapParens(paramOf(node))
  const labelName = param.kind === 'string' ? param.value : ''
  if (labelName === '') throw new QueryError('execution', `invalid label name "${labelName}"`)
  const grouping = node.without ? node.grouping : [...node.grouping, labelName]
  const groupOf = createGrouping({ grouping, without: node.without })
  const vector = await evaluation.vector(node.expr, grid)
  const counts = new Map<string, StepSeries>()
  for (const { labels, values, present } of vector) {
    const seriesOf = new Map<number, StepSeries>()
    for (let step = 0; step < grid.count; step++) {
      if (present[step] === 0) continue
      const value = values[step] as number
      let series = seriesOf.get(value)
      if (!series) {
        const group = groupOf(withLabel(labels, labelName, formatPlainNumber(value)))
        series = counts.get(group.key)
        if (!series) {
          budget.hold(grid.count)
          series = newSeries(group, grid)
          counts.set(group.key, series)
        }
        seriesOf.set(value, series)
      }
      series.values[step] = (series.values[step] as number) + 1
      series.present[step] = 1
    }
    if (budget.due()) await budget.pause()
  }
  return [...counts.values()]
}

function paramOf(node: Aggregate): Expr {
  if (!node.param) throw new Error(`${node.operator} without a parameter`)
  return node.param
}
