// The metrics half of the backend, put together: scrapes and spans in, rules over them, Prometheus's API out. Opens no port.
import type { Express, Router } from 'express'
import type { RecordBatch } from '../otlp/record-batch.ts'
import { createEngine, type Engine } from '../promql/engine.ts'
import { createPrometheusApi } from './api/prometheus-api.ts'
import type { FamilyMetadata } from './exposition/metadata-lines.ts'
import { monitorRoutes } from './monitor/monitor-routes.ts'
import type { RuleGroup } from './rules/rule-file.ts'
import { RuleManager } from './rules/rule-manager.ts'
import { ScrapeManager, type ScrapeOptions } from './scrape/scrape-manager.ts'
import type { Target } from './scrape/target.ts'
import { writeSelfMetrics } from './self-metrics.ts'
import { spansOfBatch } from './spans/batch-spans.ts'
import { ServiceGraph } from './spans/service-graph.ts'
import { SpanMetrics } from './spans/span-metrics.ts'
import { SPAN_METRIC_FAMILIES, SpanMetricsWriter } from './spans/span-metrics-writer.ts'
import { GridTimer } from './time-grid.ts'
import { Tsdb, type TsdbOptions } from './tsdb/tsdb.ts'

export interface MetricsDeps {
  store?: Partial<TsdbOptions>
  scrape?: Partial<ScrapeOptions>
  /** The targets as they are now; asked once a scrape interval. */
  targets: () => readonly Target[]
  ruleGroups: readonly RuleGroup[]
  /** Of this program. */
  version: string
  /** Milliseconds since the epoch. */
  now: () => number
  /** Told of errors that are ours, not a client's. */
  onError: (error: unknown) => void
}

export interface Metrics {
  /** Prometheus's HTTP API, for a port of its own. */
  prometheus: Express
  /** Jaeger's Monitor endpoints, to be mounted at `/api/metrics`. */
  monitor: Router
  store: Tsdb
  engine: Engine
  scrapes: ScrapeManager
  rules: RuleManager
  /** Counts the spans of a request; to be called with each batch that is stored. */
  observeSpans: (batch: RecordBatch) => void
  start: () => void
  /** Resolves when nothing runs any more. */
  stop: () => Promise<void>
  stats: () => MetricsStats
}

export interface MetricsStats {
  series: { held: number; limit: number; refused: { name: string; count: number }[] }
  samples: { held: number; appended: number; outOfOrder: number; duplicates: number }
  bytes: { store: number; budget: number }
  exemplars: { held: number; refused: number }
  targets: { up: number; down: number }
  spans: { overflowed: number; pending: number; refusedEdges: number }
}

const SPAN_METRICS_INTERVAL_MS = 1000
const UPKEEP_INTERVAL_MS = 5000

export function createMetrics(deps: MetricsDeps): Metrics {
  const { now, onError } = deps
  const store = new Tsdb(deps.store)
  const engine = createEngine({ storage: store })
  const scrapes = new ScrapeManager({
    store,
    targets: deps.targets,
    now,
    ...(deps.scrape ? { options: deps.scrape } : {}),
  })
  const rules = new RuleManager({ engine, store, groups: deps.ruleGroups, now })
  const spans = new SpanMetrics()
  const graph = new ServiceGraph()
  const writer = new SpanMetricsWriter(store, spans, graph)
  const guarded = (work: (dueMs: number) => void) => (dueMs: number) => {
    try {
      work(dueMs)
    } catch (error) {
      onError(error)
    }
  }
  const upkeep = (dueMs: number) => {
    store.maintain(now())
    writeSelfMetrics(store, dueMs)
  }
  const timers = [
    new GridTimer({
      intervalMs: SPAN_METRICS_INTERVAL_MS,
      offsetMs: 0,
      now,
      run: guarded((dueMs) => writer.write(dueMs)),
    }),
    new GridTimer({ intervalMs: UPKEEP_INTERVAL_MS, offsetMs: 500, now, run: guarded(upkeep) }),
  ]

  return {
    prometheus: createPrometheusApi({
      store,
      engine,
      now,
      targets: () => scrapes.targets(),
      metadata: () => allMetadata(scrapes),
      scrapeOptions: scrapes.options,
      ruleGroups: () => rules.groups(),
      startedMs: now(),
      version: deps.version,
      flags: () => flagsOf(store, scrapes.options),
      onFault: onError,
    }),
    monitor: monitorRoutes({ engine, now }),
    store,
    engine,
    scrapes,
    rules,
    observeSpans(batch) {
      const nowMs = now()
      for (const span of spansOfBatch(batch)) {
        spans.observe(span, nowMs)
        graph.observe(span, nowMs)
      }
    },
    start() {
      scrapes.start()
      rules.start()
      for (const timer of timers) timer.start()
    },
    async stop() {
      await Promise.all([scrapes.stop(), rules.stop(), ...timers.map((timer) => timer.stop())])
    },
    stats: () => statsOf(store, scrapes, spans, graph),
  }
}

function allMetadata(scrapes: ScrapeManager): Map<string, readonly FamilyMetadata[]> {
  const all = new Map<string, readonly FamilyMetadata[]>(scrapes.metadata())
  for (const [name, family] of SPAN_METRIC_FAMILIES) all.set(name, [family])
  return all
}

function flagsOf({ options }: Tsdb, scrape: ScrapeOptions): Record<string, string> {
  return {
    'storage.retention.bytes': String(options.budgetBytes),
    'storage.retention.seconds': String(options.maxAgeMs / 1000),
    'storage.max-series': String(options.maxSeries),
    'scrape.interval-seconds': String(scrape.intervalMs / 1000),
    'scrape.timeout-seconds': String(scrape.timeoutMs / 1000),
  }
}

function statsOf(store: Tsdb, scrapes: ScrapeManager, spans: SpanMetrics, graph: ServiceGraph): MetricsStats {
  const { appended, outOfOrder, duplicates } = store.counters
  const targets = scrapes.targets()
  return {
    series: { held: store.seriesCount, limit: store.options.maxSeries, refused: store.refused.byName() },
    samples: { held: store.sampleCount, appended, outOfOrder, duplicates },
    bytes: { store: store.bytes, budget: store.options.budgetBytes },
    exemplars: { held: store.exemplars.held, refused: store.exemplars.refused },
    targets: {
      up: targets.filter(({ health }) => health === 'up').length,
      down: targets.filter(({ health }) => health === 'down').length,
    },
    spans: { overflowed: spans.overflowed, pending: graph.pendingCount, refusedEdges: graph.refusedEdges },
  }
}
