// The embedded telemetry backend, put together: OTLP in, stores, query APIs out. It opens no port and reads no configuration.
import type { Express } from 'express'
import { LogStore } from './logs/log-store.ts'
import { createReceiver, type ReceiverCounters } from './otlp/receiver.ts'
import { createQueryApp } from './query-app.ts'
import { SpanStore } from './traces/span-store.ts'

export interface BackendDeps {
  /** Budgets of the two stores, in bytes. */
  spanStoreBytes: number
  logStoreBytes: number
  /** Milliseconds since the epoch. */
  now: () => number
  /** Told of errors that are ours, not a client's. */
  onError: (error: unknown) => void
  maxSpansPerTrace?: number
}

export interface Backend {
  /** OTLP/HTTP receiver. */
  otlp: Express
  /** Query APIs. */
  query: Express
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
  bytes: { spans: number; spansBudget: number; logs: number; logsBudget: number; rss: number }
  /** Requests to the receiver, by the status of the answer. */
  requests: Record<number, number>
}

export function createBackend(deps: BackendDeps): Backend {
  const { now, onError } = deps
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
  const otlp = createReceiver({ spans, logs, onError }, counters)
  const query = createQueryApp({ spans, logs, now, stats, onError })
  return { otlp, query, spans, logs, stats }
}
