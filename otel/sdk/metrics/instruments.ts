// What a node measures with, whoever stores it: counters, histograms, and values that are read at each scrape.
// The same name always gives the same instrument, so that whoever needs one asks for it and nobody hands instruments around.
import type { SpanContext } from '@opentelemetry/api'

/** Values of an instrument's labels; an undefined one is left out. Only closed sets belong here: no ids, no paths, no messages. */
export type LabelValues<L extends string> = Readonly<Record<L, string | undefined>>

export type InstrumentOptions<L extends string> = {
  /** In Prometheus form, with its unit; counters end in `_total`. */
  name: string
  help: string
  labels?: readonly L[]
  /** Label sets beyond this number are counted together, as `other`; 200 when omitted. */
  maxLabelSets?: number
}

export type HistogramOptions<L extends string> = InstrumentOptions<L> & {
  /** Upper bounds, ascending, without +Inf; `requestBuckets` when omitted. */
  buckets?: readonly number[]
}

export type Counter<L extends string> = {
  /** `value`: 1 when omitted; 0 makes the series known before anything happened. */
  add(labels: LabelValues<L>, value?: number): void
}

export type Histogram<L extends string> = {
  /** `span`: an example of such a value; left out when its trace is not sampled. */
  record(value: number, labels: LabelValues<L>, span?: SpanContext): void
}

/** What a read gives: one value, or one for each set of labels; undefined and none when there is nothing to say. */
export type Reading<L extends string> = number | undefined | Iterable<readonly [labels: LabelValues<L>, value: number]>

/** `chunks` are to be written as they come: they are made one by one. */
export type Scrape = { contentType: string; chunks: Iterable<string> }

export type Metrics = {
  counter<const L extends string = never>(options: InstrumentOptions<L>): Counter<L>
  histogram<const L extends string = never>(options: HistogramOptions<L>): Histogram<L>
  /** Adds a reader of a value that goes up and down. Runs at each scrape: no I/O, microseconds. */
  observeGauge<const L extends string = never>(options: InstrumentOptions<L>, read: () => Reading<L>): void
  /** The same for a value that only grows. */
  observeCounter<const L extends string = never>(options: InstrumentOptions<L>, read: () => Reading<L>): void
  /** Drops the series of a counter or histogram whose labels are strays, and makes room for as many others. */
  forget(name: string, isStray: (labels: Readonly<Record<string, string>>) => boolean): void
  /** All of it as text, in OpenMetrics when `accept` asks for it; undefined when nothing is measured. */
  scrape(accept: string | undefined): Scrape | undefined
}

/** Seconds, as the conventions for HTTP have them. https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
export const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const

const nothing = { add() {}, record() {} }

/** Measures nothing and costs nothing: for telemetry that is off, and for tests. */
export const noMetrics: Metrics = {
  counter: () => nothing,
  histogram: () => nothing,
  observeGauge() {},
  observeCounter() {},
  forget() {},
  scrape: () => undefined,
}
