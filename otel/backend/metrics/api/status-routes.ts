// /status/…: what Grafana and promtool ask to know whom they talk to. buildinfo has no `features`, or Grafana takes us for Mimir.
import type { Router } from 'express'
import { formatDuration } from '../../promql/language/duration.ts'
import type { Tsdb } from '../tsdb/tsdb.ts'
import { limitOf } from './request-params.ts'
import { sendData, type Wrap } from './responses.ts'
import { formatRfc3339 } from './rfc3339.ts'

export interface StatusDeps {
  store: Tsdb
  startedMs: number
  /** Of this program. */
  version: string
  /** Settings by name, as text. */
  flags: () => Readonly<Record<string, string>>
}

/** The version of Prometheus whose API and language this is; clients choose by it what they ask. */
const PROMETHEUS_VERSION = '3.0.0'
const DEFAULT_TOP = 10

export function addStatusRoutes(router: Router, deps: StatusDeps, wrap: Wrap): void {
  const { store } = deps
  const storageRetention = formatDuration(store.options.maxAgeMs)
  router.get(
    '/status/buildinfo',
    wrap((_params, _req, res) => sendData(res, buildInfo(deps.version))),
  )
  router.get(
    '/status/flags',
    wrap((_params, _req, res) => sendData(res, deps.flags())),
  )
  router.get(
    '/status/config',
    wrap((_params, _req, res) => sendData(res, { yaml: configYaml(deps.flags()) })),
  )
  router.get(
    '/status/runtimeinfo',
    wrap((_params, _req, res) =>
      sendData(res, {
        startTime: formatRfc3339(deps.startedMs),
        CWD: '',
        reloadConfigSuccess: true,
        lastConfigTime: formatRfc3339(deps.startedMs),
        corruptionCount: 0,
        goroutineCount: 0,
        GOMAXPROCS: 1,
        GOMEMLIMIT: 0,
        GOGC: '',
        GODEBUG: '',
        storageRetention,
      }),
    ),
  )
  router.get(
    '/status/tsdb',
    wrap((params, _req, res) => sendData(res, storeStatistics(store, limitOf(params) || DEFAULT_TOP))),
  )
}

function buildInfo(version: string): object {
  return {
    version: PROMETHEUS_VERSION,
    revision: `faultline-${version}`,
    branch: 'faultline',
    buildUser: '',
    buildDate: '',
    goVersion: `node ${process.version}`,
  }
}

function configYaml(flags: Readonly<Record<string, string>>): string {
  return Object.entries(flags)
    .map(([name, value]) => `# ${name}: ${value}\n`)
    .join('')
}

/** The most frequent metrics, labels and pairs; walks over all series. */
function storeStatistics(store: Tsdb, top: number): object {
  const metrics = new Map<string, number>()
  const pairs = new Map<string, number>()
  const bytes = new Map<string, number>()
  let minTime = Number.POSITIVE_INFINITY
  let maxTime = Number.NEGATIVE_INFINITY
  const all = store.select([], Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  for (const { labels, firstMs, lastMs } of all) {
    minTime = Math.min(minTime, firstMs)
    maxTime = Math.max(maxTime, lastMs)
    for (const [name, value] of labels.pairs) {
      add(pairs, `${name}=${value}`, 1)
      if (name === '__name__') add(metrics, value, 1)
    }
  }
  const values = new Map<string, number>()
  for (const name of store.labelNames()) {
    for (const value of store.labelValues(name)) {
      add(values, name, 1)
      add(bytes, name, Buffer.byteLength(value))
    }
  }
  return {
    headStats: {
      numSeries: all.length,
      numLabelPairs: pairs.size,
      chunkCount: store.chunkCount,
      minTime: all.length > 0 ? minTime : 0,
      maxTime: all.length > 0 ? maxTime : 0,
    },
    seriesCountByMetricName: largest(metrics, top),
    labelValueCountByLabelName: largest(values, top),
    memoryInBytesByLabelName: largest(bytes, top),
    seriesCountByLabelValuePair: largest(pairs, top),
  }
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}

function largest(counts: ReadonlyMap<string, number>, top: number): { name: string; value: number }[] {
  return [...counts]
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => b.value - a.value)
    .slice(0, top)
}
