// Metrics of a process on prom-client: one registry, instruments found by name, label sets bounded.
import { type SpanContext, TraceFlags } from '@opentelemetry/api'
import {
  type OpenMetricsContentType,
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
} from 'prom-client'
import {
  contentTypes,
  formatFor,
  KeptTexts,
  type StoredHistogram,
  type StoredMetric,
  type StoredValue,
  writeExposition,
} from './exposition.ts'
import {
  type Counter,
  type Histogram,
  type HistogramOptions,
  type InstrumentOptions,
  type Metrics,
  type Reading,
  requestBuckets,
} from './instruments.ts'
import { LabelSets, type Labels } from './label-sets.ts'

const DEFAULT_MAX_LABEL_SETS = 200

type Kind = 'counter' | 'histogram' | 'observed gauge' | 'observed counter'
type Known = { kind: Kind; labels: string; instrument: unknown }

/** Throws when a name is asked for with another kind or other labels than before: that is a mistake in the code. */
export function createMetrics(): Metrics {
  const registry = new Registry<OpenMetricsContentType>()
  // Before any histogram: prom-client refuses exemplars in a registry of the older format.
  registry.setContentType(contentTypes.openmetrics)
  const known = new Map<string, Known>()
  const texts = new KeptTexts()
  /** Label sets of the instruments that keep their series, and how to drop one of them. */
  const kept = new Map<string, { sets: LabelSets; remove: (labels: Labels) => void }>()
  /** Read the observed values anew. */
  const refreshes: (() => void)[] = []

  const overflow = new PromCounter({
    name: 'faultline_metrics_overflow_total',
    help: 'Values counted under labels of `other`, since their metric has too many label sets',
    labelNames: ['metric'],
    registers: [registry],
  })
  const failures = new PromCounter({
    name: 'faultline_metrics_read_failures_total',
    help: 'Readings that failed, and are missing from a scrape',
    labelNames: ['metric'],
    registers: [registry],
  })

  function once<I>(kind: Kind, { name, labels = [] }: InstrumentOptions<string>, create: () => I): I {
    const found = known.get(name)
    if (!found) {
      const instrument = create()
      known.set(name, { kind, labels: labels.join(), instrument })
      return instrument
    }
    if (found.kind !== kind || found.labels !== labels.join()) {
      throw new Error(`metric ${name} is a ${found.kind} of (${found.labels}) already`)
    }
    // Made by the same function for the same kind.
    return found.instrument as I
  }

  function labelSets({ name, labels = [], maxLabelSets = DEFAULT_MAX_LABEL_SETS }: InstrumentOptions<string>) {
    return new LabelSets(labels, maxLabelSets, () => overflow.inc({ metric: name }))
  }

  function configuration({ name, help, labels = [] }: InstrumentOptions<string>) {
    return { name, help, labelNames: [...labels], registers: [registry] }
  }

  function createCounter(options: InstrumentOptions<string>): Counter<string> {
    const counter = new PromCounter(configuration(options))
    const sets = labelSets(options)
    kept.set(options.name, { sets, remove: (labels) => counter.remove(labels) })
    return { add: (labels, value = 1) => counter.inc(sets.resolve(labels), value) }
  }

  function createHistogram(options: HistogramOptions<string>): Histogram<string> {
    const buckets = [...(options.buckets ?? requestBuckets)]
    const histogram = new PromHistogram({ ...configuration(options), buckets, enableExemplars: true })
    const sets = labelSets(options)
    kept.set(options.name, { sets, remove: (labels) => histogram.remove(labels) })
    return {
      record(value, labels, span) {
        const kept = sets.resolve(labels)
        if (isSampled(span)) histogram.observe({ labels: kept, value, exemplarLabels: exemplarOf(span) })
        else histogram.observe({ labels: kept, value })
      },
    }
  }

  /** Returns the readers of the metric, to which more may be added. */
  function createObserved(kind: 'gauge' | 'counter', options: InstrumentOptions<string>): (() => Reading<string>)[] {
    const readers: (() => Reading<string>)[] = []
    const sets = labelSets(options)
    const instrument =
      kind === 'gauge' ? new PromGauge(configuration(options)) : new PromCounter(configuration(options))
    refreshes.push(() => {
      // What is not read any more is gone; reset() alone would leave a 0 where there are no labels.
      instrument.reset()
      if (!options.labels?.length) instrument.remove()
      for (const read of readers) {
        try {
          for (const [labels, value] of entriesOf(read())) instrument.inc(sets.resolve(labels), value)
        } catch {
          failures.inc({ metric: options.name })
        }
      }
    })
    return readers
  }

  return {
    counter: (options) => once('counter', options, () => createCounter(options)),
    histogram: (options) => once('histogram', options, () => createHistogram(options)),
    observeGauge: (options, read) =>
      void once('observed gauge', options, () => createObserved('gauge', options)).push(read),
    observeCounter: (options, read) =>
      void once('observed counter', options, () => createObserved('counter', options)).push(read),
    forget(name, isStray) {
      const instrument = kept.get(name)
      for (const labels of instrument?.sets.forget(isStray) ?? []) instrument?.remove(labels)
    },
    scrape(accept) {
      for (const refresh of refreshes) refresh()
      const format = formatFor(accept)
      // Its types name no member of a metric, but these are what it is made of; a test compares the outcome with prom-client's own.
      const stored = (registry.getMetricsAsArray() as unknown as OpenMetric[]).map(toStored)
      return { contentType: contentTypes[format], chunks: writeExposition(stored, format, texts) }
    },
  }
}

/** A metric of prom-client as it is inside: its values by their labels. */
type OpenMetric = { name: string; help: string } & (
  | { type: 'counter' | 'gauge'; hashMap: Record<string, StoredValue> }
  | { type: 'histogram'; hashMap: Record<string, StoredHistogram>; upperBounds: number[] }
)

function toStored(metric: OpenMetric): StoredMetric {
  const { name, help } = metric
  if (metric.type !== 'histogram') return { name, help, type: metric.type, values: Object.values(metric.hashMap) }
  const { type, upperBounds, hashMap } = metric
  return { name, help, type, upperBounds, values: Object.values(hashMap) }
}

function entriesOf<L extends string>(reading: Reading<L>): Exclude<Reading<L>, number | undefined> {
  if (reading === undefined) return []
  // An instrument without labels.
  return typeof reading === 'number' ? [[{} as Record<L, undefined>, reading]] : reading
}

function isSampled(span: SpanContext | undefined): span is SpanContext {
  return span !== undefined && (span.traceFlags & TraceFlags.SAMPLED) !== 0
}

function exemplarOf({ traceId, spanId }: SpanContext): Record<string, string> {
  return { trace_id: traceId, span_id: spanId }
}
