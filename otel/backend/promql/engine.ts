// The door of PromQL: parse, check, evaluate within limits. It knows nothing of HTTP, of scraping or of rules.

import { QueryError } from './query-error.ts'
import type { QueryResult } from './query-result.ts'
import type { Storage } from './storage.ts'

export interface QueryLimits {
  /** Samples that a query may hold at a time, raw and intermediate together. */
  readonly maxSamples: number
  /** Wall time of a query; a request may ask for less, never for more. */
  readonly timeoutMs: number
  /** Steps of a range query. */
  readonly maxPointsPerSeries: number
  /** How far an instant selector looks back for a sample. */
  readonly lookbackMs: number
}

export const DEFAULT_LIMITS: QueryLimits = {
  maxSamples: 50_000_000,
  timeoutMs: 30_000,
  maxPointsPerSeries: 11_000,
  lookbackMs: 300_000,
}

export interface EngineDeps {
  readonly storage: Storage
  readonly limits?: Partial<QueryLimits>
  /** Milliseconds of the wall clock, for timeouts. */
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

export function createEngine(_deps: EngineDeps): Engine {
  const notYet = () => Promise.reject(new QueryError('execution', 'not built yet'))
  return { instantQuery: notYet, rangeQuery: notYet }
}
