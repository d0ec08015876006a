// Function calls that answer an instant vector: each name to its implementation.

import { max, min } from '../functions/arithmetic.ts'
import { CALENDAR, type CalendarName, calendarPart } from '../functions/calendar.ts'
import { ELEMENTWISE, type ElementwiseName, roundTo } from '../functions/elementwise.ts'
import { EMPTY_LABELS } from '../labels.ts'
import type { Call, Expr } from '../language/ast.ts'
import { unwrapParens } from '../language/walk.ts'
import { evaluateAbsent, evaluateAbsentOverTime } from './absent-call.ts'
import type { Evaluation } from './context.ts'
import { type StepGrid, timeAt } from './grid.ts'
import { evaluateHistogramFraction, evaluateHistogramQuantile } from './histogram-call.ts'
import { selectInstant } from './instant-selector.ts'
import { evaluateLabelJoin, evaluateLabelReplace } from './label-call.ts'
import { evaluateRangeCall, isRangeCall } from './range-call.ts'
import { dropNames, newSeries, type StepSeries, type StepVector } from './vector.ts'

type Implementation = (evaluation: Evaluation, call: Call, grid: StepGrid) => Promise<StepVector>

const SPECIAL: ReadonlyMap<string, Implementation> = new Map<string, Implementation>([
  ['absent', evaluateAbsent],
  ['absent_over_time', evaluateAbsentOverTime],
  ['clamp', (evaluation, call, grid) => clamp(evaluation, call, grid, call.args[1], call.args[2])],
  ['clamp_max', (evaluation, call, grid) => clamp(evaluation, call, grid, undefined, call.args[1])],
  ['clamp_min', (evaluation, call, grid) => clamp(evaluation, call, grid, call.args[1], undefined)],
  ['histogram_fraction', evaluateHistogramFraction],
  ['histogram_quantile', evaluateHistogramQuantile],
  ['label_join', evaluateLabelJoin],
  ['label_replace', evaluateLabelReplace],
  ['round', round],
  ['sort', (evaluation, call, grid) => sort(evaluation, call, grid, 1)],
  ['sort_desc', (evaluation, call, grid) => sort(evaluation, call, grid, -1)],
  ['timestamp', timestamp],
  ['vector', vectorOfScalar],
])

/** Whether a function with a vector result has an implementation. */
export function isImplemented(name: string): boolean {
  return (
    SPECIAL.has(name) ||
    Object.hasOwn(ELEMENTWISE, name) ||
    Object.hasOwn(CALENDAR, name) ||
    isRangeCall({ name } as Call)
  )
}

export async function evaluateCall(evaluation: Evaluation, call: Call, grid: StepGrid): Promise<StepVector> {
  const special = SPECIAL.get(call.name)
  if (special) return special(evaluation, call, grid)
  if (isRangeCall(call)) {
    const kept: StepSeries[] = []
    await evaluateRangeCall(evaluation, call, grid, (series) => {
      evaluation.budget.hold(grid.count)
      kept.push(series)
      return true
    })
    return kept
  }
  if (Object.hasOwn(CALENDAR, call.name)) return calendar(evaluation, call, grid, call.name as CalendarName)
  const apply: (value: number) => number = ELEMENTWISE[call.name as ElementwiseName]
  if (!apply) throw new Error(`function ${call.name} has no implementation`)
  return mapValues(evaluation, firstArg(call), grid, (value) => apply(value))
}

function firstArg(call: Call): Expr {
  const [first] = call.args
  if (!first) throw new Error(`${call.name} without arguments`)
  return first
}

/** Changes every value; the result no longer is the metric, so it loses its name. */
async function mapValues(
  evaluation: Evaluation,
  arg: Expr,
  grid: StepGrid,
  apply: (value: number, step: number) => number,
): Promise<StepVector> {
  const vector = await evaluation.vector(arg, grid)
  for (const { values } of vector) {
    if (evaluation.budget.due()) await evaluation.budget.pause()
    for (let i = 0; i < values.length; i++) values[i] = apply(values[i] as number, i)
  }
  return dropNames(vector)
}

/** Where min > max nothing remains; a NaN bound makes the value NaN. */
async function clamp(evaluation: Evaluation, call: Call, grid: StepGrid, minArg?: Expr, maxArg?: Expr) {
  const lower = minArg && (await evaluation.scalar(minArg, grid))
  const upper = maxArg && (await evaluation.scalar(maxArg, grid))
  const lowerAt = (i: number) => (lower ? (lower[i] as number) : Number.NEGATIVE_INFINITY)
  const upperAt = (i: number) => (upper ? (upper[i] as number) : Number.POSITIVE_INFINITY)
  const result = await mapValues(evaluation, firstArg(call), grid, (value, i) =>
    max(lowerAt(i), min(upperAt(i), value)),
  )
  for (let i = 0; i < grid.count; i++) if (upperAt(i) < lowerAt(i)) for (const { present } of result) present[i] = 0
  return result
}

async function round(evaluation: Evaluation, call: Call, grid: StepGrid): Promise<StepVector> {
  const nearest = call.args[1] && (await evaluation.scalar(call.args[1], grid))
  return mapValues(evaluation, firstArg(call), grid, (value, i) => roundTo(value, nearest ? (nearest[i] as number) : 1))
}

async function calendar(evaluation: Evaluation, call: Call, grid: StepGrid, name: CalendarName): Promise<StepVector> {
  const [arg] = call.args
  if (arg) return mapValues(evaluation, arg, grid, (seconds) => calendarPart(name, seconds))
  const series = alwaysPresent(evaluation, grid)
  for (let i = 0; i < grid.count; i++) series.values[i] = calendarPart(name, timeAt(grid, i) / 1000)
  return [series]
}

/** Of a selector, the times of the samples found; of anything else, the time of the step. */
async function timestamp(evaluation: Evaluation, call: Call, grid: StepGrid): Promise<StepVector> {
  const arg = unwrapParens(firstArg(call))
  if (arg.kind !== 'vector-selector') return mapValues(evaluation, arg, grid, (_, i) => timeAt(grid, i) / 1000)
  const kept: StepSeries[] = []
  await selectInstant(evaluation, arg, grid, 'time', (series) => {
    evaluation.budget.hold(grid.count)
    kept.push(series)
    return true
  })
  return dropNames(kept)
}

async function vectorOfScalar(evaluation: Evaluation, call: Call, grid: StepGrid): Promise<StepVector> {
  const values = await evaluation.scalar(firstArg(call), grid)
  const series = alwaysPresent(evaluation, grid)
  series.values.set(values)
  return [series]
}

function alwaysPresent(evaluation: Evaluation, grid: StepGrid): StepSeries {
  evaluation.budget.hold(grid.count)
  const series = newSeries(EMPTY_LABELS, grid)
  series.present.fill(1)
  return series
}

/** By value, NaN last. Only an instant query has an order. */
async function sort(evaluation: Evaluation, call: Call, grid: StepGrid, sign: 1 | -1): Promise<StepVector> {
  const vector = await evaluation.vector(firstArg(call), grid)
  if (grid.count !== 1) return vector
  const key = ({ values }: StepSeries) => values[0] as number
  return vector
    .filter(({ present }) => present[0] === 1)
    .toSorted((a, b) => {
      const [x, y] = [key(a), key(b)]
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
      return x === y ? 0 : x < y ? -sign : sign
    })
}
