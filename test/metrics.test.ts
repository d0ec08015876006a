// What a real cluster of the small size tells of itself, scraped, stored and queried as its users do.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRealPrometheus } from '../otel/backend/testing/real-prometheus.ts'
import { runCommand } from './command.ts'
import { createCustomer, decliningCard } from './customer.ts'
import { readLabelValues, unboundedLabels } from './label-values.ts'
import { type Family, readContract } from './metric-contract.ts'
import { createMetricQueries, type MetricQueries } from './metric-queries.ts'
import { prometheusTest } from './prometheus-test.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { readTrace } from './traces.ts'
import { until } from './until.ts'

const LOAD = 15
const rulesFolder = resolve(import.meta.dirname, '../otel/rules')
let running: RunningCluster
let metrics: MetricQueries
let scraped: string[]
beforeAll(async () => {
  running = await startTestCluster({ load: LOAD })
  const { urls, supervision } = running.cluster
  metrics = createMetricQueries(urls.prometheus)
  const processes = await supervision.processes()
  // PostgreSQL is measured by those who use it.
  scraped = processes.filter(({ kind }) => kind !== 'postgres' && kind !== 'console').map(({ id }) => id)
  const customer = createCustomer(urls.shop)
  await customer.signUp()
  await customer.putIntoBasket('p-0001')
  expect(await customer.checkOut({ card: decliningCard })).toMatchObject({ status: 402 })
  expect(await customer.checkOut()).toMatchObject({ status: 201 })
  await customer.send('POST', '/api/sessions', { email: 'nobody@example.com', password: 'not the password' })
  await until('a shipment is scraped', async () => (await metrics.number('sum(shop_shipments_total)')) > 0, 30_000)
})
afterAll(() => running?.stop())

const faultline = (...args: string[]) => runCommand([...args, '--data', running.dataDir])

test('every node is scraped, and the backend, under the labels of the contract', async () => {
  const look = () => metrics.valuesOf('instance', 'up == 1')
  await until('every target is up', async () => (await look()).length === scraped.length)
  expect(await look()).toEqual([...scraped].sort())
  const [orders] = await metrics.vector('up{instance="orders-1"}')
  const labels = { job: 'faultline', service: 'orders', instance: 'orders-1', region: 'na' }
  expect(orders?.labels).toEqual({ __name__: 'up', ...labels })
  const { activeTargets } = await metrics.api<{ activeTargets: { health: string; lastError: string }[] }>('targets')
  expect(activeTargets.filter(({ health, lastError }) => health !== 'up' || lastError !== '')).toEqual([])
})

/** Of these a small cluster that nothing happens to has nothing to tell. */
const onlyWhenItHappens = new Set([
  'faultline_backend_series_refused_total',
  'faultline_database_replica_fallbacks_total',
  'faultline_ejections_total',
  'faultline_fault_active',
  // The small size has one ledger node, which nobody follows.
  'faultline_ledger_follower_lag_entries',
  'faultline_metrics_overflow_total',
  'faultline_metrics_read_failures_total',
  'faultline_replication_lag_bytes',
  'faultline_replication_lag_seconds',
  'load_request_failures_total',
  'traces_service_graph_dropped_spans_total',
  'traces_service_graph_unpaired_spans_total',
])

const targetLabels = ['__name__', 'job', 'service', 'instance', 'region', 'le']

/** Series of the nodes: what the backend itself and the rules write is not theirs. */
async function seriesOfNodes(): Promise<Record<string, string>[]> {
  const series = await metrics.api<Record<string, string>[]>('series', { 'match[]': '{job="faultline"}' })
  return series.filter(({ __name__ = '', service }) => !/[:]|^ALERTS/.test(__name__) && service !== 'backend')
}

describe('the contract', () => {
  const contract = readContract()
  const familyOf = (name: string): Family | undefined =>
    contract.get(name) ?? contract.get(name.replace(/_(bucket|sum|count)$/, ''))

  test('every family is there after a little traffic', async () => {
    const missing = async () => {
      const names = new Set(await metrics.api<string[]>('label/__name__/values'))
      const isThere = ({ name, type }: Family) => names.has(type === 'histogram' ? `${name}_bucket` : name)
      const absent = [...contract.values()].filter((family) => !isThere(family)).map(({ name }) => name)
      return absent.filter((name) => !onlyWhenItHappens.has(name))
    }
    await expect.poll(missing, { timeout: 30_000, interval: 200 }).toEqual([])
  })

  test('and nothing else, of the types and with the labels that it says', async () => {
    const types = await metrics.api<Record<string, { type: string }[]>>('metadata')
    const faults = new Set<string>()
    for (const { __name__ = '', ...labels } of await seriesOfNodes()) {
      const family = familyOf(__name__)
      if (!family) faults.add(`${__name__} is not in the contract`)
      else {
        const { name, type = '' } = family
        // OpenMetrics names a family of counters without their ending; what the scrape itself writes has no type.
        const told = (types[name] ?? types[name.replace(/_total$/, '')])?.[0]?.type ?? 'unknown'
        const hasType = name !== 'up' && !name.startsWith('scrape_')
        if (hasType && told !== type) faults.add(`${name} is a ${told} and should be a ${type}`)
        // At the frontdoor everything of a callee is told by the customers' regions.
        const allowed = [...targetLabels, ...family.labels, ...(family.labels.has('callee') ? ['customer_region'] : [])]
        for (const label of Object.keys(labels)) if (!allowed.includes(label)) faults.add(`${name} has ${label}`)
      }
    }
    expect([...faults]).toEqual([])
  })

  test('exemplars lead to their traces', async () => {
    const families = [...contract.values()].filter(({ hasExemplars, type }) => hasExemplars && type === 'histogram')
    expect(families.length).toBeGreaterThan(5)
    for (const { name } of families) {
      const [series] = await until(`exemplars of ${name}`, async () => {
        const found = await metrics.api<{ exemplars: { labels: Record<string, string> }[] }[]>('query_exemplars', {
          query: `${name}_bucket`,
        })
        return found.length > 0 && found
      })
      const { trace_id: traceId = '', span_id: spanId } = series?.exemplars.at(-1)?.labels ?? {}
      const trace = await until(`${name}: trace ${traceId}`, async () => {
        const found = await readTrace(running.cluster.urls.jaeger, traceId)
        return found?.spans.some(({ id }) => id === spanId) && found
      })
      expect(trace.id).toBe(traceId)
    }
  })
})

test('no label grows with what customers send', async () => {
  const { shop } = running.cluster.urls
  const marker = 'zzmarker'
  const before = await metrics.number('count({job="faultline"})')
  const requests = Array.from({ length: 240 }, (_, n) => {
    const word = `${marker}${n}`
    const paths = [`/${word}`, `/api/${word}`, `/api/products/${word}`, `/api/search?q=${word}`, `/images/${word}.svg`]
    return request(`${shop}${paths[n % paths.length]}`, {
      // Any token is a method: https://www.rfc-editor.org/rfc/rfc9110#name-methods
      method: (n % 7 === 0 ? `${marker}${n}` : 'GET') as 'GET',
      headers: { 'x-customer-region': n % 3 === 0 ? word : 'na', 'user-agent': word, 'x-request-id': word },
    }).then(({ body }) => body.dump())
  })
  expect((await Promise.allSettled(requests)).filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(
    100,
  )
  const scrapesMs = Date.now()
  await until('two more scrapes', () => Date.now() > scrapesMs + 2_500)
  const values = await readLabelValues(metrics)
  const all = [...values].flatMap(([label, set]) => [...set].map((value) => `${label}=${value}`))
  expect(all.filter((pair) => pair.toLowerCase().includes(marker))).toEqual([])
  expect(unboundedLabels(values)).toEqual([])
  // Methods and answers that were not there before make some series more.
  expect(await metrics.number('count({job="faultline"})')).toBeLessThan(before + 1_500)
})

describe('the rules', () => {
  type Groups = { groups: { rules: { name: string; health: string; lastError?: string }[] }[] }

  test('are all evaluated, and nobody is called', async () => {
    const rules = await until('every rule is evaluated', async () => {
      const all = (await metrics.api<Groups>('rules')).groups.flatMap((group) => group.rules)
      return all.every(({ health }) => health !== 'unknown') && all
    })
    expect(rules.length).toBeGreaterThan(30)
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([])
    expect(await metrics.valuesOf('alertname', 'max_over_time(ALERTS{alertstate="firing"}[10m])')).toEqual([])
    const { code, stdout } = await faultline('alerts', '--json')
    expect({ code, firing: JSON.parse(stdout).filter(({ state }: { state: string }) => state === 'firing') }).toEqual({
      code: 0,
      firing: [],
    })
  })
})

describe('the command line', () => {
  test('query: a table, a line of blocks, an error with its place', async () => {
    const table = await faultline('query', 'sum by (service) (faultline_node_ready)')
    expect(table).toMatchObject({ code: 0, stderr: '' })
    expect(table.stdout).toMatch(/^SERVICE +VALUE\n/)
    expect(table.stdout).toMatch(/^orders +1$/m)
    const range = await faultline(
      'query',
      'sum(rate(load_requests_offered_total[5s]))',
      '--range',
      '30s',
      '--step',
      '1s',
    )
    expect(range.stdout).toMatch(/[▁▂▃▄▅▆▇█]{5}.* {2}\d+/)
    const wrong = await faultline('query', 'sum(up')
    expect(wrong).toMatchObject({ code: 1, stdout: '' })
    expect(wrong.stderr).toBe('faultline: parse error: unclosed left parenthesis\n  sum(up\n        ^\n')
  })

  test('top: a line a service with its figures', async () => {
    const { code, stdout } = await faultline('top', '--once', '--window', '10s')
    expect(code).toBe(0)
    expect(stdout).toContain(`${scraped.length} of ${scraped.length} ready`)
    for (const service of ['frontdoor', 'edge', 'gateway', 'products', 'load']) {
      expect(stdout).toMatch(
        new RegExp(`^${service} +1/1 +[\\d.]+ +[\\d.]+ +[\\d.]+ (µs|ms|s) +[\\d.]+ (µs|ms|s) +\\d+ +\\d+$`, 'm'),
      )
    }
  })
})

prometheusTest(
  'a real Prometheus finds the same targets by itself, and the same commands and rules work on it',
  async () => {
    const { urls, token } = running.cluster
    const rules = readdirSync(rulesFolder).filter((name) => name.endsWith('.yaml'))
    const real = await startRealPrometheus({
      config: {
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: ['*.yaml'],
        scrape_configs: [
          {
            job_name: 'nodes',
            http_sd_configs: [
              {
                url: `${urls.control}/v1/targets`,
                refresh_interval: '1s',
                // Older ones forget that this is the default.
                authorization: { type: 'Bearer', credentials: token },
              },
            ],
          },
        ],
      },
      files: Object.fromEntries(rules.map((name) => [name, readFileSync(resolve(rulesFolder, name), 'utf8')])),
    })
    try {
      const there = createMetricQueries(real.url)
      const look = () => there.valuesOf('instance', 'up == 1')
      await until('every target is up', async () => (await look()).length === scraped.length, 60_000)
      const identity = ({ labels }: { labels: Record<string, string> }) => JSON.stringify(Object.entries(labels).sort())
      const here = (await metrics.vector('faultline_node_ready')).map(identity).sort()
      expect((await there.vector('faultline_node_ready')).map(identity).sort()).toEqual(here)
      // A rate takes two scrapes, and each target is scraped at a moment of its own.
      const rated = (metric: string) => there.valuesOf('instance', `rate(${metric}[10s])`)
      await until(
        'rates of all',
        async () => (await rated('process_cpu_seconds_total')).length === scraped.length,
        30_000,
      )
      await until(
        'rates of requests',
        async () => (await rated('http_server_request_duration_seconds_count')).includes('frontdoor-1'),
        30_000,
      )
      const { stdout } = await runCommand(['top', '--once', '--window', '10s', '--prometheus', real.url])
      expect(stdout).toContain(`${scraped.length} of ${scraped.length} ready`)
      expect(stdout).toMatch(/^frontdoor +1\/1 +[\d.]+ /m)
      const { groups } = await there.api<{ groups: { rules: { health: string }[] }[] }>('rules')
      const health = groups.flatMap((group) => group.rules.map((rule) => rule.health))
      expect(health.length).toBeGreaterThan(30)
      expect(health).not.toContain('err')
    } finally {
      await real.stop()
    }
  },
  120_000,
)

describe('nodes come and go', () => {
  test('a node that is killed is down within three seconds, its series end, and they go on when it is back', async () => {
    const { supervision } = running.cluster
    const node = 'instance="payments-1"'
    const startedAt = await metrics.number(`process_start_time_seconds{${node}}`)
    const killedMs = Date.now()
    const downMs = await until('up is 0', async () => {
      // It is started again at once, and would be missed between two scrapes.
      await supervision.kill('payments-1').catch(() => undefined)
      const [sample] = await metrics.vector(`timestamp(up{${node}} == 0)`)
      return sample && sample.value * 1000
    })
    expect(downMs - killedMs).toBeLessThan(3_000)
    expect(await metrics.vector(`{job="faultline", ${node}, __name__!~"up|scrape_.*|ALERTS.*"}`)).toEqual([])
    expect(await metrics.number(`scrape_samples_scraped{${node}}`)).toBe(0)
    expect(await metrics.number(`max_over_time(process_start_time_seconds{${node}}[2m])`)).toBe(startedAt)
    await until(
      'it is back',
      async () => (await metrics.number(`process_start_time_seconds{${node}}`)) > startedAt,
      30_000,
    )
    expect(await metrics.number(`changes(process_start_time_seconds{${node}}[2m])`)).toBeGreaterThan(0)
  })

  test('a replica that is added is scraped, one that is drained ends without having failed', async () => {
    const { supervision } = running.cluster
    await supervision.scale('payments', 2)
    await until('it is scraped', async () => (await metrics.number('up{instance="payments-2"}')) === 1)
    await supervision.scale('payments', 1)
    await until('its series end', async () => (await metrics.vector('up{instance="payments-2"}')).length === 0)
    expect(await metrics.number('min_over_time(up{instance="payments-2"}[5m])')).toBe(1)
  })
})
