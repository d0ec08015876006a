// What an exposition holds: parallel arrays that are filled anew by each scrape.
import type { Labels } from '../../promql/labels.ts'

export interface ParsedExemplar {
  readonly labels: Labels
  readonly value: number
  /** Undefined when the exposition gives none: it is the scrape's. */
  readonly timestampMs: number | undefined
}

/** The samples of an exposition; valid until the next one is read. */
export interface ParsedSamples<S> {
  count: number
  readonly series: S[]
  values: Float64Array
  /** NaN where the exposition gives no time. */
  timestampsMs: Float64Array
  /** Only those that differ from the ones seen before. */
  readonly exemplars: { readonly series: S; readonly exemplar: ParsedExemplar }[]
  /** Exemplars refused for labels that are too long. */
  exemplarsRefused: number
}

export function noSamples<S>(): ParsedSamples<S> {
  return {
    count: 0,
    series: [],
    values: new Float64Array(256),
    timestampsMs: new Float64Array(256),
    exemplars: [],
    exemplarsRefused: 0,
  }
}

/** Doubles the room for values and times. */
export function growSamples<S>(samples: ParsedSamples<S>): void {
  const values = new Float64Array(samples.values.length * 2)
  values.set(samples.values)
  const timestampsMs = new Float64Array(values.length)
  timestampsMs.set(samples.timestampsMs)
  samples.values = values
  samples.timestampsMs = timestampsMs
}
