// Calls and durations of spans by service, name, kind and status, as the Collector's spanmetrics connector counts them with its
// defaults: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/connector/spanmetricsconnector
import { Histogram } from './histogram.ts'
import { KIND_LABELS, type SpanFacts, STATUS_LABELS } from './span-facts.ts'

/** Milliseconds. */
export const SPAN_DURATION_BOUNDS = [2, 4, 6, 8, 10, 50, 100, 200, 400, 800, 1000, 1400, 2000, 5000, 10_000, 15_000]

export interface SpanMetric {
  readonly labels: Readonly<Record<string, string>>
  readonly durations: Histogram
  lastSeenMs: number
}

/** Each takes 20 series. */
const MAX_COMBINATIONS = 400
const EXPIRE_MS = 15 * 60 * 1000
/** What counts the spans for which there is no room, named as the Collector names it. */
const OVERFLOW_LABELS = { otel_metric_overflow: 'true' }
const OVERFLOW_KEY = ''

export class SpanMetrics {
  private readonly byKey = new Map<string, SpanMetric>()
  private readonly maxCombinations: number
  /** Spans counted as overflow. */
  overflowed = 0

  constructor(maxCombinations = MAX_COMBINATIONS) {
    this.maxCombinations = maxCombinations
  }

  observe(span: SpanFacts, nowMs: number): void {
    const metric = this.metricOf(span)
    metric.lastSeenMs = nowMs
    const { traceId, spanId, durationMs: value, endMs: timestampMs } = span
    metric.durations.observe(value, { traceId, spanId, value, timestampMs })
  }

  /** Every combination; the number of calls is the count of its durations. */
  metrics(): Iterable<SpanMetric> {
    return this.byKey.values()
  }

  /** Forgets combinations that no span has had for a quarter of an hour. */
  expire(nowMs: number): void {
    for (const [key, metric] of this.byKey) if (nowMs - metric.lastSeenMs > EXPIRE_MS) this.byKey.delete(key)
  }

  private metricOf(span: SpanFacts): SpanMetric {
    const key = `${span.service}\n${span.name}\n${span.kind}\n${span.statusCode}`
    const known = this.byKey.get(key)
    if (known) return known
    if (this.byKey.size >= this.maxCombinations) {
      this.overflowed++
      return this.byKey.get(OVERFLOW_KEY) ?? this.add(OVERFLOW_KEY, OVERFLOW_LABELS)
    }
    return this.add(key, {
      service_name: span.service,
      span_name: span.name,
      span_kind: KIND_LABELS[span.kind] ?? KIND_LABELS[0],
      status_code: STATUS_LABELS[span.statusCode] ?? STATUS_LABELS[0],
    })
  }

  private add(key: string, labels: Readonly<Record<string, string>>): SpanMetric {
    const metric = { labels, durations: new Histogram(SPAN_DURATION_BOUNDS), lastSeenMs: 0 }
    this.byKey.set(key, metric)
    return metric
  }
}
