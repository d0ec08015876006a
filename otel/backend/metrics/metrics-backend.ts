// The metrics side of the backend, put together: scrapes and rules write into the store, the engine reads from it, the API answers.
// It opens no port and knows neither where targets come from nor where rules lie.
import express, { type Express } from 'express'
import { createEngine, type Engine } from '../promql/engine.ts'
import { createPrometheusApi } from './api/prometheus-api.ts'
import type { FamilyMetadata } from './exposition/metadata-lines.ts'
import type { RuleGroup } from './rules/rule-file.ts'
import { RuleManager } from './rules/rule-manager.ts'
import { DEFAULT_SCRAPE_OPTIONS, ScrapeManager } from './scrape/scrape-manager.ts'
import type { Target } from './scrape/target.ts'
import { SpanMetricsFeed } from './spans/span-metrics-feed.ts'
import { SPAN_METRIC_FAMILIES } from './spans/span-metrics-writer.ts'
import { Tsdb } from './tsdb/tsdb.ts'

export interface MetricsBackendDeps {
  /** Budget of the store in bytes. */
  storeBytes: number
  targets: () => readonly Target[]
  ruleGroups: readonly RuleGroup[]
  /** Of this program. */
  version: string
  /** Milliseconds since the epoch. */
  now: () => number
  /** Told of errors that are ours, not a client's. */
  onError: (error: unknown) => void
  /** What the process tells of itself, as an exposition. */
  selfMetrics: () => string
}

export interface MetricsBackend {
  /** Prometheus's HTTP API, and `/metrics`. */
  prometheus: Express
  store: Tsdb
  engine: Engine
  scrapes: ScrapeManager
  rules: RuleManager
  /** Makes metrics of spans. */
  spans: SpanMetricsFeed
  start(): void
  /** Ends all series that are written here. */
  stop(): Promise<void>
}

/** Evaluation interval of rules that name none, and so the step of subqueries that name none. */
export const RULE_INTERVAL_MS = 5_000

export function createMetricsBackend(deps: MetricsBackendDeps): MetricsBackend {
  const { now, targets, ruleGroups, version, onError, selfMetrics } = deps
  const store = new Tsdb({ budgetBytes: deps.storeBytes })
  const engine = createEngine({ storage: store, limits: { subqueryStepMs: RULE_INTERVAL_MS } })
  const scrapes = new ScrapeManager({ store, targets, now })
  const rules = new RuleManager({ engine, store, groups: ruleGroups, now })
  const spans = new SpanMetricsFeed(store, now)
  const api = createPrometheusApi({
    store,
    engine,
    now,
    targets: () => scrapes.targets(),
    metadata: () => metadataOf(scrapes),
    scrapeOptions: scrapes.options,
    ruleGroups: () => rules.groups(),
    startedMs: now(),
    version,
    flags: () => ({
      'query.lookback-delta': '5m',
      'scrape.interval': `${DEFAULT_SCRAPE_OPTIONS.intervalMs}ms`,
      'storage.bytes': String(deps.storeBytes),
      'storage.retention': `${store.options.maxAgeMs / 3_600_000}h`,
    }),
    onFault: onError,
  })
  const prometheus = express()
  prometheus.disable('x-powered-by')
  prometheus.get('/metrics', (_req, res) => {
    res.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
    res.end(selfMetrics())
  })
  prometheus.use(api)
  return {
    prometheus,
    store,
    engine,
    scrapes,
    rules,
    spans,
    start() {
      spans.start()
      scrapes.start()
      rules.start()
    },
    async stop() {
      spans.stop()
      await Promise.all([rules.stop(), scrapes.stop()])
    },
  }
}

function metadataOf(scrapes: ScrapeManager): Map<string, readonly FamilyMetadata[]> {
  const all = new Map<string, readonly FamilyMetadata[]>(scrapes.metadata())
  for (const [name, family] of SPAN_METRIC_FAMILIES) all.set(name, [...(all.get(name) ?? []), family])
  return all
}
