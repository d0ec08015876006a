// Everything that dashboards and rules ask, asked of a cluster under load: of the embedded engine and of the real Prometheus, which scrapes
// the same nodes, or is given the very same samples.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseSampleValue, type QueryData } from '../cluster/cli/prometheus.ts'
import { dashboards } from '../dashboards/all-dashboards.ts'
import type { Chosen, TimeScope } from '../dashboards/queries/interpolate.ts'
import { standardChoice, variableQueries } from '../dashboards/queries/read-queries.ts'
import { startBothEngines } from '../otel/backend/promql/testing/both-engines.ts'
import {
  isPrometheusInstalled,
  type RealPrometheus,
  startRealPrometheus,
} from '../otel/backend/testing/real-prometheus.ts'
import { allQueries, allSearches, createWalker, type FilledQuery, searchTraces } from './dashboard-walk.ts'
import { metricNames } from './metric-names.ts'
import { createMetricQueries, type MetricQueries } from './metric-queries.ts'
import { prometheusTest } from './prometheus-test.ts'
import { readDataset, timeOffTheGrid } from './promql-dataset.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { until } from './until.ts'

const rulesFolder = resolve(import.meta.dirname, '../otel/rules')
const STEP_MS = 5_000
const WINDOW_MS = 40_000

let running: RunningCluster
let metrics: MetricQueries
let real: RealPrometheus | undefined
beforeAll(async () => {
  running = await startTestCluster({ load: 20 })
  metrics = createMetricQueries(running.cluster.urls.prometheus)
  if (isPrometheusInstalled) real = await startScraping()
  await running.cluster.supervision.scale('payments', 2)
}, 120_000)
afterAll(async () => {
  await real?.stop()
  await running?.stop()
})

function ruleFiles(): Record<string, string> {
  const names = readdirSync(rulesFolder).filter((name) => name.endsWith('.yaml'))
  return Object.fromEntries(names.map((name) => [name, readFileSync(resolve(rulesFolder, name), 'utf8')]))
}

function startScraping(): Promise<RealPrometheus> {
  const { urls, token } = running.cluster
  const discovery = { url: `${urls.control}/v1/targets`, refresh_interval: '1s' }
  return startRealPrometheus({
    config: {
      global: { scrape_interval: '1s', evaluation_interval: '5s' },
      rule_files: ['*.yaml'],
      scrape_configs: [
        {
          job_name: 'nodes',
          http_sd_configs: [{ ...discovery, authorization: { type: 'Bearer', credentials: token } }],
        },
      ],
    },
    files: ruleFiles(),
  })
}

/** Up to now, or a little before: what is scraped at this moment is not yet there everywhere. */
function recent(endMs = Date.now() - 2_000): TimeScope {
  return { startMs: endMs - WINDOW_MS, endMs, stepMs: STEP_MS }
}

function walker(scope: TimeScope) {
  return createWalker(running.cluster.urls.prometheus, running.cluster.urls.jaeger, scope)
}

describe('every query of every panel finds something', () => {
  test('but those of panels that say why nothing is good', async () => {
    await expect.poll(() => walker(recent()).findsNothing(), { timeout: 120_000, interval: 2_000 }).toEqual([])
  }, 150_000)

  test('and one without is named', async () => {
    const empty = await walker(recent(Date.now() - 86_400_000)).findsNothing()
    const some = [
      'The shop at a glance / Offered / A',
      'Latency / What customers get / A',
      'Tracing across nodes / Services and their calls / A',
    ]
    expect(empty).toEqual(expect.arrayContaining(some))
    expect(empty).not.toContain('The shop at a glance / Alerts that fire / A')
  })

  test('searches of traces are answered', async () => {
    const searches = allSearches()
    expect(searches.length).toBeGreaterThan(2)
    for (const { search, dashboard } of searches) {
      const found = await searchTraces(running.cluster.urls.jaeger, search, standardChoice(dashboard), recent())
      expect(found).toBeLessThanOrEqual(20)
    }
  })

  test('charts with examples of values have some', async () => {
    const scope = recent()
    const without: string[] = []
    for (const { query, place, exemplars, mayBeEmpty } of allQueries(scope, standardChoice)) {
      if (!exemplars || mayBeEmpty) continue
      const found = await metrics.api<unknown[]>('query_exemplars', {
        query,
        start: String(scope.startMs / 1000),
        end: String(scope.endMs / 1000),
      })
      if (found.length === 0) without.push(place)
    }
    expect(without).toEqual([])
  })
})

test('every call of the graph leads from a node to a node, as its panel demands', async () => {
  const scope = recent()
  const ofGraph = allQueries(scope, standardChoice).filter(({ place }) => place.includes('Services and their calls'))
  const frames = await Promise.all(ofGraph.map((query) => walker(scope).ask(query)))
  const rows = frames.map((data) => (data.resultType === 'vector' ? data.result.map(({ metric }) => metric) : []))
  const nodes = new Set(rows.slice(0, 4).flatMap((frame) => frame.map(({ id }) => id)))
  const edges = rows.slice(4).flat()
  expect(nodes.size).toBeGreaterThan(10)
  expect(edges.length).toBeGreaterThan(20)
  expect(edges.filter(({ source, target }) => !nodes.has(source) || !nodes.has(target))).toEqual([])
  // Rows of several queries become one by all the labels that they have.
  const labelsOf = (frame: readonly Record<string, string>[]) => [...new Set(frame.flatMap(Object.keys))].sort()
  expect(rows.slice(0, 4).map(labelsOf)).toEqual(Array(4).fill(['id', 'title']))
  expect(rows.slice(4).map(labelsOf)).toEqual(Array(2).fill(['client', 'id', 'server', 'source', 'target']))
})

test('a change is a line at its very moment', async () => {
  const [annotation] = running.cluster.controlPlane.annotations.list().filter(({ kind }) => kind === 'scaled')
  const query = allQueries(recent(), standardChoice).find(({ place }) => place.endsWith('annotation Changes'))
  const moments = await until('the change is scraped', async () => {
    const found = await metrics.vector(`max_over_time((${query?.query})[2m:1s])`)
    return found.find(({ labels }) => labels['change'] === 'scaled' && labels['subject'] === 'payments')
  })
  expect(moments.value).toBe(Date.parse(annotation?.time ?? ''))
})

describe('with the real Prometheus', () => {
  prometheusTest(
    'every query of panels, annotations, variables and rules gives the same on the same samples',
    async () => {
      const endMs = Date.now() - 1_000
      const dataset = await readDataset(metrics, endMs - 70_000, endMs)
      expect(dataset.length).toBeGreaterThan(3_000)
      const scope = recent(timeOffTheGrid(dataset, endMs))
      const narrow = await narrowChoices()
      const rules = ruleExpressions().map(
        (query): FilledQuery => ({ place: 'a rule', query, mode: 'range', exemplars: false, mayBeEmpty: true }),
      )
      const queries = [
        ...allQueries(scope, standardChoice),
        ...allQueries(scope, (dashboard) => narrow(dashboard)),
        ...rules,
      ]
      const both = await startBothEngines(dataset)
      const differences: string[] = []
      let answered = 0
      try {
        const { startMs, endMs, stepMs } = scope
        for (const { place, query, mode } of queries) {
          const at = mode === 'instant' ? { timeMs: endMs } : { startMs, endMs, stepMs }
          const { difference, isEmpty } = await both.ask(uncut(query), at)
          if (difference) differences.push(`${place}: ${query}: ${difference}`)
          if (!isEmpty) answered++
        }
      } finally {
        await both.stop()
      }
      expect(differences).toEqual([])
      expect(answered).toBeGreaterThan(250)
    },
    240_000,
  )

  prometheusTest(
    'one that scrapes the same nodes has the same series in every panel',
    async () => {
      const there = real?.url ?? ''
      const differing = async () => {
        const scope = recent()
        const here = walker(scope)
        const other = createWalker(there, '', scope)
        const differences: string[] = []
        for (const query of allQueries(scope, standardChoice)) {
          if (metricNames(query.query).some(isMadeByBackend)) continue
          const whole = { ...query, query: uncut(query.query) }
          const [ours, theirs] = [await here.ask(whole), await other.ask(whole)].map(seriesWithValues)
          if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
            differences.push(`${query.place}: ${missing(ours, theirs)} only here, ${missing(theirs, ours)} only there`)
          }
        }
        return differences
      }
      // Rare series begin at another scrape here than there: for a moment they are only in one.
      await expect.poll(differing, { timeout: 120_000, interval: 1_000 }).toEqual([])
    },
    150_000,
  )
})

/** The first of many may tie with each other, and who is cut off then is anybody's choice. */
function uncut(query: string): string {
  return query.replace(/\b(topk|bottomk)\((\d+)/g, '$1(100000')
}

/** Made of spans, or of what its own store holds: another Prometheus has that from the Collector, and of itself. */
function isMadeByBackend(name: string): boolean {
  return name.startsWith('traces_') || /^faultline_backend_(series|samples|store|exemplars)/.test(name)
}

function seriesWithValues(data: QueryData): string[] {
  if (data.resultType !== 'vector' && data.resultType !== 'matrix') return [data.resultType]
  const series =
    data.resultType === 'vector'
      ? data.result.map(({ metric, value }) => ({ metric, values: value ? [value] : [] }))
      : data.result
  return series
    .filter(({ values = [] }) => values.some(([, text]) => Number.isFinite(parseSampleValue(text))))
    .map(({ metric }) => JSON.stringify(Object.entries(metric).sort()))
    .sort()
}

function missing(some: readonly string[] = [], others: readonly string[] = []): string {
  return (
    some
      .filter((one) => !others.includes(one))
      .slice(0, 3)
      .join(' ') || 'nothing'
  )
}

/** Two values of each variable instead of all, those that its query offers first. */
async function narrowChoices() {
  const values = new Map<string, Chosen>()
  for (const dashboard of Object.values(dashboards)) {
    for (const { name, series, label } of variableQueries(dashboard)) {
      const plain = series.replace(/\{.*\}$/, '')
      const offered = await metrics.valuesOf(label, `group by (${label}) (${plain})`)
      values.set(`${dashboard.uid} ${name}`, offered.slice(0, 2))
    }
  }
  return (dashboard: (typeof dashboards)[keyof typeof dashboards]): Record<string, Chosen> => {
    const names = Object.keys(standardChoice(dashboard))
    return Object.fromEntries(names.map((name) => [name, values.get(`${dashboard.uid} ${name}`) ?? []]))
  }
}

function ruleExpressions(): string[] {
  type RuleFile = { groups: { rules: { expr: string }[] }[] }
  return Object.values(ruleFiles()).flatMap((text) =>
    (parse(text) as RuleFile).groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  )
}
