// What a query answers. Times are milliseconds; a range query always answers a matrix.

import type { Labels } from './labels.ts'

export interface InstantSample {
  readonly labels: Labels
  readonly timestampMs: number
  readonly value: number
}

/** One output series: parallel arrays of the same length, times rising. */
export interface SampleSeries {
  readonly labels: Labels
  readonly timestampsMs: Float64Array
  readonly values: Float64Array
}

export type QueryValue =
  | { readonly type: 'scalar'; readonly timestampMs: number; readonly value: number }
  | { readonly type: 'string'; readonly timestampMs: number; readonly value: string }
  | { readonly type: 'vector'; readonly samples: readonly InstantSample[] }
  | { readonly type: 'matrix'; readonly series: readonly SampleSeries[] }

export type QueryResult = QueryValue & {
  /** Likely mistakes: the answer may be wrong. At most ten, the rest counted in the last. */
  readonly warnings: readonly string[]
  /** Possible mistakes, such as `rate` over what does not look like a counter. */
  readonly infos: readonly string[]
  /** Raw samples that the query decoded, once per selector. */
  readonly samplesRead: number
}
