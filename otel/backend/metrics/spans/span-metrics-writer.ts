// Writes what spans were counted into the store, named as the Collector's connectors and its Prometheus exporter name it.
import { labelsFrom, METRIC_NAME } from '../../promql/labels.ts'
import type { Series, SeriesOwner } from '../tsdb/series.ts'
import type { Tsdb } from '../tsdb/tsdb.ts'
import type { Histogram } from './histogram.ts'
import type { Edge, ServiceGraph } from './service-graph.ts'
import type { SpanMetric, SpanMetrics } from './span-metrics.ts'

const CALLS = 'traces_span_metrics_calls_total'
const DURATION = 'traces_span_metrics_duration_milliseconds'
const REQUESTS = 'traces_service_graph_request_total'
const FAILED = 'traces_service_graph_request_failed_total'
const SERVER_SECONDS = 'traces_service_graph_request_server_seconds'
const CLIENT_SECONDS = 'traces_service_graph_request_client_seconds'
const UNPAIRED = 'traces_service_graph_unpaired_spans_total'
const DROPPED = 'traces_service_graph_dropped_spans_total'

/** What `/api/v1/metadata` says of these metrics. */
export const SPAN_METRIC_FAMILIES = new Map(
  [
    [CALLS, 'counter', 'Spans by service, name, kind and status.'],
    [DURATION, 'histogram', 'Durations of spans.'],
    [REQUESTS, 'counter', 'Requests between two services.'],
    [FAILED, 'counter', 'Failed requests between two services.'],
    [SERVER_SECONDS, 'histogram', 'Time of a request between two services as seen by the server.'],
    [CLIENT_SECONDS, 'histogram', 'Time of a request between two services as seen by the client.'],
    [UNPAIRED, 'counter', 'Spans of requests whose other side never arrived.'],
    [DROPPED, 'counter', 'Spans that were not paired for want of room.'],
  ].map(([name = '', type, help = '']) => [name, { type: type as 'counter' | 'histogram', help, unit: '' }]),
)

/** Of all these metrics together. */
const MAX_SERIES = 16_000

interface Written {
  readonly series: (Series | undefined)[]
  writtenAtMs: number
}

export class SpanMetricsWriter {
  private readonly store: Tsdb
  private readonly spans: SpanMetrics
  private readonly graph: ServiceGraph
  private readonly written = new Map<SpanMetric | Edge, Written>()
  private readonly owner: SeriesOwner = { live: 0, limit: MAX_SERIES }
  private lastMs = Number.NEGATIVE_INFINITY

  constructor(store: Tsdb, spans: SpanMetrics, graph: ServiceGraph) {
    this.store = store
    this.spans = spans
    this.graph = graph
  }

  /** Writes all values as of that time; to be called once a second or so. Times must rise. */
  write(timeMs: number): void {
    this.spans.expire(timeMs)
    this.graph.expire(timeMs)
    for (const metric of this.spans.metrics()) this.writeSpanMetric(metric, timeMs)
    for (const edge of this.graph.edges()) this.writeEdge(edge, timeMs)
    for (const [metric, { series, writtenAtMs }] of this.written) {
      if (writtenAtMs === timeMs) continue
      for (const ended of series) if (ended) this.store.appendStale(ended, timeMs)
      this.written.delete(metric)
    }
    this.lastMs = timeMs
  }

  private writeSpanMetric(metric: SpanMetric, timeMs: number): void {
    const cursor = this.cursorOf(metric, timeMs)
    cursor.counter(CALLS, metric.durations.count)
    cursor.histogram(DURATION, metric.durations)
  }

  private writeEdge(edge: Edge, timeMs: number): void {
    const cursor = this.cursorOf(edge, timeMs)
    // An edge that only lost spans has seen no request: its other series would say that there were none.
    const hasRequests = edge.requests > 0
    if (hasRequests) cursor.counter(REQUESTS, edge.requests)
    else cursor.skip(1)
    if (hasRequests) cursor.counter(FAILED, edge.failed)
    else cursor.skip(1)
    for (const [name, histogram] of [
      [SERVER_SECONDS, edge.serverSeconds],
      [CLIENT_SECONDS, edge.clientSeconds],
    ] as const) {
      if (histogram.count > 0) cursor.histogram(name, histogram)
      else cursor.skip(histogram.bounds.length + 3)
    }
    if (edge.unpaired > 0) cursor.counter(UNPAIRED, edge.unpaired)
    else cursor.skip(1)
    if (edge.dropped > 0) cursor.counter(DROPPED, edge.dropped)
  }

  private cursorOf(metric: SpanMetric | Edge, timeMs: number): SeriesCursor {
    const known = this.written.get(metric) ?? { series: [], writtenAtMs: timeMs }
    known.writtenAtMs = timeMs
    this.written.set(metric, known)
    return new SeriesCursor(this.store, this.owner, metric.labels, known.series, timeMs, this.lastMs)
  }
}

/** Passes over the series of one metric, in the same order each time, so that they are looked up once. */
class SeriesCursor {
  private readonly store: Tsdb
  private readonly owner: SeriesOwner
  private readonly labels: Readonly<Record<string, string>>
  private readonly series: (Series | undefined)[]
  private readonly timeMs: number
  private readonly lastMs: number
  private next = 0

  constructor(
    store: Tsdb,
    owner: SeriesOwner,
    labels: Readonly<Record<string, string>>,
    series: (Series | undefined)[],
    timeMs: number,
    lastMs: number,
  ) {
    this.store = store
    this.owner = owner
    this.labels = labels
    this.series = series
    this.timeMs = timeMs
    this.lastMs = lastMs
  }

  skip(count: number): void {
    this.next += count
  }

  counter(name: string, value: number): Series | undefined {
    return this.append(name, value)
  }

  histogram(name: string, histogram: Histogram): void {
    const exemplars = histogram.takeExemplars()
    let cumulative = 0
    for (let i = 0; i <= histogram.bounds.length; i++) {
      cumulative += histogram.counts[i]!
      const bound = histogram.bounds[i]
      const series = this.append(`${name}_bucket`, cumulative, bound === undefined ? '+Inf' : String(bound))
      const exemplar = exemplars[i]
      if (!series || !exemplar) continue
      const { traceId, spanId, value, timestampMs } = exemplar
      this.store.addExemplar(series, { labels: labelsFrom({ trace_id: traceId, span_id: spanId }), value, timestampMs })
    }
    this.append(`${name}_sum`, histogram.sum)
    this.append(`${name}_count`, histogram.count)
  }

  private append(name: string, value: number, le?: string): Series | undefined {
    const index = this.next++
    let series = this.series[index]
    if (!series || series.isGone) {
      const labels = labelsFrom({ ...this.labels, [METRIC_NAME]: name, ...(le === undefined ? {} : { le }) })
      series = this.store.series(labels, this.owner)
      if (!series) return undefined
      this.series[index] = series
      // Begin at zero, or what was counted before the first sample would be no part of any rate.
      if (value !== 0 && Number.isFinite(this.lastMs)) this.store.append(series, this.lastMs, 0)
    }
    this.store.append(series, this.timeMs, value)
    return series
  }
}
