// Functions over range vectors: every window of every series, one series in memory at a time.

import { COUNTERS } from '../functions/counters.ts'
import { OVER_TIME } from '../functions/over-time.ts'
import { isQuantile } from '../functions/quantile.ts'
import { REGRESSION } from '../functions/regression.ts'
import type { Window, WindowFunction } from '../functions/window.ts'
import { labelValue, METRIC_NAME } from '../labels.ts'
import type { Call } from '../language/ast.ts'
import { SampleBuffer } from '../storage.ts'
import { invalidQuantile, possibleNonCounter } from './annotations.ts'
import type { Evaluation } from './context.ts'
import { type StepGrid, timeAt } from './grid.ts'
import { asRangeExpr, openRange, type RangeExpr, type RangeVector } from './range-source.ts'
import { hasSamples, newSeries, type StepSeries, sameLabelsError, withoutMetadata } from './vector.ts'

const WINDOW_FUNCTIONS: ReadonlyMap<string, WindowFunction> = new Map(
  Object.entries<WindowFunction>({ ...COUNTERS, ...OVER_TIME, ...REGRESSION }),
)

const COUNTER_NAME = /(_total|_sum|_count|_bucket)$/

/** Samples looked at between two glances at the clock. */
const WORK_UNIT = 50_000

export function isRangeCall({ name }: Call): boolean {
  return WINDOW_FUNCTIONS.has(name)
}

/**
 * Hands each resulting series to `consume`, one at a time. Unless `consume` keeps it (answers true), its arrays are used again.
 * @throws QueryError `execution` when two series differ by the metric's name alone.
 */
export async function evaluateRangeCall(
  evaluation: Evaluation,
  call: Call,
  grid: StepGrid,
  consume: (series: StepSeries) => boolean,
): Promise<void> {
  const { budget, annotations } = evaluation
  const fn = WINDOW_FUNCTIONS.get(call.name)
  const [range, scalarArg] = splitArguments(call)
  if (!fn || !range) throw new Error(`no range function ${call.name}`)
  const params = scalarArg ? await evaluation.scalar(scalarArg, grid) : undefined
  const vector = await openRange(evaluation, range, grid)
  const buffer = new SampleBuffer()
  const seen = new Set<string>()
  let spare: StepSeries | undefined
  for (const source of vector.sources) {
    if (budget.due()) await budget.pause()
    buffer.clear()
    source.load(buffer)
    if (buffer.length === 0) continue
    const labels = fn.keepsName ? source.labels : withoutMetadata(source.labels)
    const series: StepSeries = spare ? { ...spare, labels } : newSeries(labels, grid)
    series.present.fill(0)
    await applyToWindows(evaluation, fn, buffer, vector, grid, params, series)
    spare = series
    if (!hasSamples(series)) continue
    if (seen.has(labels.key)) throw sameLabelsError()
    seen.add(labels.key)
    if (call.name === 'rate' || call.name === 'increase') {
      const name = labelValue(source.labels, METRIC_NAME)
      if (name !== '' && !COUNTER_NAME.test(name)) annotations.info(possibleNonCounter(name), range)
    }
    if (consume(series)) spare = undefined
  }
  if (call.name === 'quantile_over_time' && params && scalarArg && seen.size > 0) {
    for (const phi of new Set(params)) if (!isQuantile(phi)) annotations.warn(invalidQuantile(phi), scalarArg)
  }
}

function splitArguments(call: Call): [RangeExpr | undefined, Call['args'][number] | undefined] {
  const index = call.args.findIndex((arg) => asRangeExpr(arg) !== undefined)
  const range = call.args[index]
  return [range && asRangeExpr(range), call.args[1 - index]]
}

async function applyToWindows(
  { budget }: Evaluation,
  fn: WindowFunction,
  { timestampsMs, values, length }: SampleBuffer,
  { ends, rangeMs }: RangeVector,
  grid: StepGrid,
  params: Float64Array | undefined,
  out: StepSeries,
): Promise<void> {
  const marks = fn.mark ? countMarks(values, length, fn.mark) : NO_MARKS
  const window: Window = { timestampsMs, values, from: 0, to: 0, endMs: 0, rangeMs, evaluationMs: 0, marks }
  let work = 0
  for (let step = 0; step < grid.count; step++) {
    const endMs = timeAt(ends, step)
    while (window.to < length && (timestampsMs[window.to] as number) <= endMs) window.to++
    while (window.from < window.to && (timestampsMs[window.from] as number) <= endMs - rangeMs) window.from++
    const samples = window.to - window.from
    if (samples < fn.minSamples) continue
    window.endMs = endMs
    window.evaluationMs = timeAt(grid, step)
    out.values[step] = fn.apply(window, params ? (params[step] as number) : 0)
    out.present[step] = 1
    work += samples
    if (work < WORK_UNIT) continue
    work = 0
    if (budget.due()) await budget.pause()
  }
}

const NO_MARKS = new Int32Array(0)

function countMarks(values: Float64Array, length: number, mark: (previous: number, value: number) => boolean) {
  const marks = new Int32Array(length)
  let count = 0
  for (let i = 1; i < length; i++) {
    if (mark(values[i - 1] as number, values[i] as number)) count++
    marks[i] = count
  }
  return marks
}
