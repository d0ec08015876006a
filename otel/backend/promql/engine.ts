// The door of PromQL: parse, check, evaluate within limits. It knows nothing of HTTP, of scraping or of rules.

import { createAnnotations } from './evaluate/annotations.ts'
import { createBudget } from './evaluate/budget.ts'
import { createEvaluation } from './evaluate/evaluate.ts'
import { gridBetween, instantGrid } from './evaluate/grid.ts'
import { instantValue, rangeValue } from './evaluate/result.ts'
import { TYPE_NAMES } from './language/ast.ts'
import { typeOf } from './language/check.ts'
import { parseQuery } from './language/parser.ts'
import { QueryError } from './query-error.ts'
import type { QueryResult, QueryValue } from './query-result.ts'
import type { Storage } from './storage.ts'

export interface QueryLimits {
  /** Samples that a query may hold at a time, raw and intermediate together; each takes nine bytes. */
  readonly maxSamples: number
  /** Wall time of a query; a request may ask for less, never for more. */
  readonly timeoutMs: number
  /** Steps of a range query. */
  readonly maxPointsPerSeries: number
  /** How far an instant selector looks back for a sample. */
  readonly lookbackMs: number
  /** Step of a subquery that names none; Prometheus takes its rules' evaluation interval. */
  readonly subqueryStepMs: number
}

export const DEFAULT_LIMITS: QueryLimits = {
  maxSamples: 20_000_000,
  timeoutMs: 30_000,
  maxPointsPerSeries: 11_000,
  lookbackMs: 300_000,
  subqueryStepMs: 60_000,
}

export interface EngineDeps {
  readonly storage: Storage
  readonly limits?: Partial<QueryLimits>
  /** Milliseconds of a clock that never goes back, for timeouts. */
  readonly now?: () => number
}

interface QueryOptions {
  readonly query: string
  readonly signal?: AbortSignal
  /** Lowers the engine's own limit. */
  readonly timeoutMs?: number
}

export interface InstantQuery extends QueryOptions {
  readonly timeMs: number
}

export interface RangeQuery extends QueryOptions {
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
}

export interface Engine {
  /** Evaluates at one time. Rejects with a QueryError. A vector's samples stand in the order of the expression (`sort`), else unspecified. */
  instantQuery(query: InstantQuery): Promise<QueryResult>
  /** Evaluates at `startMs`, `startMs + stepMs`, … up to `endMs`; the answer is a matrix sorted by labels. Rejects with a QueryError. */
  rangeQuery(query: RangeQuery): Promise<QueryResult & { type: 'matrix' }>
}

export function createEngine({ storage, limits: changed, now = () => performance.now() }: EngineDeps): Engine {
  const limits = { ...DEFAULT_LIMITS, ...changed }

  function prepare(
    { query, signal, timeoutMs = limits.timeoutMs }: QueryOptions,
    queryStartMs: number,
    queryEndMs: number,
  ) {
    const { maxSamples, lookbackMs, subqueryStepMs } = limits
    const budget = createBudget({ maxSamples, timeoutMs: Math.min(timeoutMs, limits.timeoutMs), now, signal })
    const annotations = createAnnotations(query)
    const shared = { storage, budget, annotations, lookbackMs, subqueryStepMs, queryStartMs, queryEndMs }
    const finish = <T extends QueryValue>(value: T) => ({
      ...value,
      ...annotations.list(),
      samplesRead: budget.samplesRead,
    })
    return { evaluation: createEvaluation(shared), finish }
  }

  return {
    async instantQuery(request) {
      const expr = parseQuery(request.query)
      const timeMs = Math.round(request.timeMs)
      const { evaluation, finish } = prepare(request, timeMs, timeMs)
      return finish(await instantValue(evaluation, expr, instantGrid(timeMs)))
    },

    async rangeQuery(request) {
      const expr = parseQuery(request.query)
      const type = typeOf(expr)
      if (type !== 'scalar' && type !== 'vector') {
        const message = `invalid expression type "${TYPE_NAMES[type]}" for range query, must be Scalar or instant Vector`
        throw new QueryError('bad_data', message)
      }
      const grid = rangeGrid(request, limits)
      const { evaluation, finish } = prepare(request, grid.startMs, Math.round(request.endMs))
      return finish(await rangeValue(evaluation, expr, grid))
    },
  }
}

function rangeGrid({ startMs, endMs, stepMs }: RangeQuery, { maxPointsPerSeries }: QueryLimits) {
  const step = Math.round(stepMs)
  if (!(step > 0)) {
    throw new QueryError(
      'bad_data',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    )
  }
  if (endMs < startMs) throw new QueryError('bad_data', 'end timestamp must not be before start time')
  const grid = gridBetween(Math.round(startMs), Math.round(endMs), step)
  if (grid.count - 1 > maxPointsPerSeries) {
    const most = maxPointsPerSeries.toLocaleString('en-US')
    const message = `exceeded maximum resolution of ${most} points per timeseries. Try decreasing the query resolution (?step=XX)`
    throw new QueryError('bad_data', message)
  }
  return grid
}
