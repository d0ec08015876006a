// The embedded telemetry backend, put together: OTLP and scrapes in, stores, query APIs out. It opens no port and reads no configuration.
import type { Express } from 'express'
import { LogStore } from './logs/log-store.ts'
import { createMetrics, type Metrics, type MetricsStats } from './metrics/metrics.ts'
import type { RuleGroup } from './metrics/rules/rule-file.ts'
import type { Target } from './metrics/scrape/target.ts'
import { createReceiver, type ReceiverCounters } from './otlp/receiver.ts'
import { createProcessMetrics } from './process-metrics.ts'
import { createPrometheusApp } from './prometheus-app.ts'
import { createQueryApp } from './query-app.ts'
import { SpanStore } from './traces/span-store.ts'

export interface BackendDeps {
  /** Budgets of the stores, in bytes. */
  spanStoreBytes: number
  logStoreBytes: number
  metricStoreBytes: number
  /** What is scraped now; nothing when omitted. */
  targets?: () => readonly Target[]
  ruleGroups?: readonly RuleGroup[]
  /** Of this program. */
  version?: string
  /** Milliseconds since the epoch. */
  now: () => number
  /** Told of errors that are ours, not a client's. */
  onError: (error: unknown) => void
  maxSpansPerTrace?: number
}

export interface Backend {
  /** OTLP/HTTP receiver. */
  otlp: Express
  /** Jaeger's query APIs, and the logs. */
  query: Express
  /** Prometheus's API, and `/metrics`. */
  prometheus: Express
  metrics: Metrics
  spans: SpanStore
  logs: LogStore
  stats: () => BackendStats
}

export interface BackendStats {
  uptimeSeconds: number
  /** `held` counts what can be queried now; the others count since the start. */
  spans: { received: number; stored: number; held: number; duplicates: number; refused: number; evicted: number }
  traces: { held: number; evicted: number }
  logs: { received: number; stored: number; held: number; refused: number; evicted: number }
  metrics: MetricsStats
  bytes: {
    spans: number
    spansBudget: number
    logs: number
    logsBudget: number
    rss: number
  }
  /** Requests to the receiver, by the status of the answer. */
  requests: Record<number, number>
}

export function createBackend(deps: BackendDeps): Backend {
  const { now, onError, targets = () => [], ruleGroups = [], version = '' } = deps
  const spans = new SpanStore({
    budgetBytes: deps.spanStoreBytes,
    ...(deps.maxSpansPerTrace === undefined ? {} : { maxSpansPerTrace: deps.maxSpansPerTrace }),
  })
  const logs = new LogStore({ budgetBytes: deps.logStoreBytes, now })
  const counters: ReceiverCounters = { requests: {} }
  const startedMs = now()
  const stats = (): BackendStats => {
    const rss = process.memoryUsage.rss()
    return {
      uptimeSeconds: Math.round((now() - startedMs) / 1000),
      spans: { ...spans.counters, held: spans.size },
      traces: { held: spans.traces.size, evicted: spans.evictedTraces },
      logs: { ...logs.counters, held: logs.size },
      metrics: metrics.stats(),
      bytes: {
        spans: spans.bytes,
        spansBudget: spans.budgetBytes,
        logs: logs.bytes,
        logsBudget: logs.budgetBytes,
        rss,
      },
      requests: counters.requests,
    }
  }
  const metrics = createMetrics({
    store: { budgetBytes: deps.metricStoreBytes },
    targets,
    ruleGroups,
    version,
    now,
    onError,
  })
  const otlp = createReceiver({ spans, logs, onSpans: metrics.observeSpans, onError }, counters)
  const query = createQueryApp({ spans, logs, monitor: metrics.monitor, now, stats, onError })
  const prometheus = createPrometheusApp(metrics.prometheus, createProcessMetrics(stats, startedMs))
  return { otlp, query, prometheus, metrics, spans, logs, stats }
}
