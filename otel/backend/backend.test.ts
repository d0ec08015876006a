// Scrapes, rules, engine and API together, as the process runs them.
import { afterEach, expect, test } from 'vitest'
import { type Backend, createBackend } from './backend.ts'
import { parseRuleFile } from './metrics/rules/rule-file.ts'
import { startTestTarget, type TestTarget } from './metrics/scrape/test-target.ts'
import { type Listening, listenOnFreePort } from './testing/listen.ts'
import { requestOf } from './testing/span-builder.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const rules = `
groups:
  - name: shop
    interval: 50ms
    rules:
      - record: shop:up:sum
        expr: sum(up)
      - alert: NodeDown
        expr: up == 0
        labels: { severity: critical }
        annotations: { summary: '{{ $labels.instance }} is down' }
`

interface Answer {
  data: { result?: unknown[]; alerts?: unknown[]; activeTargets?: unknown[] }
}

interface Shop {
  backend: Backend
  server: Listening
  target: TestTarget
  ask(path: string): Promise<Answer>
  numberOf(query: string): Promise<number | undefined>
}

async function startShop(): Promise<Shop> {
  const target = await startTestTarget('orders_total 7\n')
  cleanups.push(() => target.close())
  const targets = [
    { url: target.url, labels: { job: 'orders', instance: 'orders-1' } },
    { url: 'http://127.0.0.1:1/metrics', labels: { job: 'orders', instance: 'orders-2' } },
  ]
  const backend = createBackend({
    spanStoreBytes: 2 ** 22,
    logStoreBytes: 2 ** 22,
    metricStoreBytes: 2 ** 24,
    targets: () => targets,
    ruleGroups: parseRuleFile(rules, 'rules.yaml', 1_000),
    version: '0.1.0',
    now: Date.now,
    onError: (error) => expect.fail(String(error)),
  })
  const server = await listenOnFreePort(backend.prometheus)
  cleanups.push(server.close)
  backend.metrics.start()
  cleanups.push(() => backend.metrics.stop())
  // What the test compares is the shape that the API promises.
  const ask = async (path: string) => (await (await fetch(`${server.url}${path}`)).json()) as Answer
  return {
    backend,
    server,
    target,
    ask,
    async numberOf(query) {
      const { data } = await ask(`/api/v1/query?query=${encodeURIComponent(query)}`)
      const [sample] = data.result as { value: [number, string] }[]
      return sample && Number(sample.value[1])
    },
  }
}

test('what is scraped can be queried, rules write their series, and alerts say what is wrong', async () => {
  const { ask, numberOf } = await startShop()
  const poll = { timeout: 15_000, interval: 50 }
  await expect.poll(() => numberOf('orders_total{instance="orders-1"}'), poll).toBe(7)
  await expect.poll(() => numberOf('up{instance="orders-2"}'), poll).toBe(0)
  await expect.poll(() => numberOf('shop:up:sum'), poll).toBe(1)
  await expect.poll(() => numberOf('count(ALERTS{alertstate="firing"})'), poll).toBe(1)
  expect((await ask('/api/v1/alerts')).data.alerts).toMatchObject([
    {
      labels: { alertname: 'NodeDown', severity: 'critical', instance: 'orders-2' },
      annotations: { summary: 'orders-2 is down' },
      state: 'firing',
    },
  ])
  expect((await ask('/api/v1/targets')).data.activeTargets).toHaveLength(2)
})

test('it tells of itself what can be scraped', async () => {
  const { server, target, numberOf } = await startShop()
  await expect.poll(() => numberOf('orders_total'), { timeout: 15_000 }).toBe(7)
  const text = await (await fetch(`${server.url}/metrics`)).text()
  // The real thing is its own best reader: what it tells is served to it as a target's exposition.
  target.body = text
  await expect.poll(() => numberOf('faultline_backend_traces'), { timeout: 15_000 }).toBe(0)
  expect(await numberOf('faultline_backend_records_limit_bytes{signal="traces"}')).toBe(2 ** 22)
  expect(await numberOf('nodejs_eventloop_utilization_ratio')).toBeLessThanOrEqual(1)
  expect(await numberOf('process_resident_memory_bytes')).toBeGreaterThan(2 ** 24)
})

test('spans that come in are metrics a moment later, for Prometheus and for the Monitor tab of Jaeger', async () => {
  const { numberOf, backend } = await startShop()
  const otlp = await listenOnFreePort(backend.otlp)
  const query = await listenOnFreePort(backend.query)
  cleanups.push(otlp.close, query.close)
  const send = async (trace: number) => {
    const specs = [
      { trace, span: 1, service: 'gateway', name: 'GET /', kind: 3, durationMs: 5 },
      { trace, span: 2, parent: 1, service: 'orders', name: 'GET /orders', kind: 2, durationMs: 4 },
    ]
    const answer = await fetch(`${otlp.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requestOf(specs)),
    })
    expect(answer.status).toBe(200)
  }
  await send(1)
  const poll = { timeout: 10_000, interval: 50 }
  const calls = 'sum(traces_span_metrics_calls_total{service_name="orders",span_kind="SPAN_KIND_SERVER"})'
  await expect.poll(() => numberOf(calls), poll).toBe(1)
  const edge = 'traces_service_graph_request_total{client="gateway",server="orders"}'
  await expect.poll(() => numberOf(edge), poll).toBe(1)
  await send(2)
  await expect.poll(() => numberOf(edge), poll).toBe(2)
  const monitor = async () =>
    (await fetch(`${query.url}/api/metrics/calls?service=orders&lookback=60000&ratePer=60000&step=1000`)).text()
  await expect.poll(monitor, poll).toContain('"service_name","value":"orders"')
})
