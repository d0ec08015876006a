// The half put together: real targets, spans, rules and requests.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { batchOf } from '../testing/span-builder.ts'
import { createMetrics, type Metrics, type MetricsDeps } from './metrics.ts'
import { parseRuleFile } from './rules/rule-file.ts'
import { startTestTarget } from './scrape/test-target.ts'

const cleanups: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(deps: Partial<MetricsDeps>): Promise<{ metrics: Metrics; url: string; errors: unknown[] }> {
  const errors: unknown[] = []
  const metrics = createMetrics({
    targets: () => [],
    ruleGroups: [],
    version: '0.1.0',
    now: Date.now,
    onError: (error) => errors.push(error),
    scrape: { intervalMs: 100 },
    ...deps,
  })
  const server: Server = createServer(metrics.prometheus).listen(0, '127.0.0.1')
  await once(server, 'listening')
  metrics.start()
  cleanups.push(async () => {
    await metrics.stop()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { metrics, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, errors }
}

/** Polls an instant query until it has an answer that fits. */
async function untilValue(url: string, query: string, fits: (value: number) => boolean): Promise<void> {
  const end = performance.now() + 15_000
  for (;;) {
    const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query }) })
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
    const value = data.result[0]?.value[1]
    if (value !== undefined && fits(Number(value))) return
    if (performance.now() > end) throw new Error(`${query} is ${value}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('scrapes, spans and rules meet in one store, and are answered over HTTP', async () => {
  const target = await startTestTarget('# TYPE orders_total counter\norders_total 5\n')
  cleanups.push(target.close)
  const rules =
    'groups: [{name: g, interval: 100ms, rules: [{record: "orders:all", expr: sum(orders_total)}, {alert: Many, expr: "orders:all > 3"}]}]'
  const { metrics, url, errors } = await start({
    targets: () => [{ url: target.url, labels: { job: 'faultline', instance: 'orders-1' } }],
    ruleGroups: parseRuleFile(rules, 'rules.yaml', 1000),
  })
  metrics.observeSpans(batchOf([{ trace: 1, span: 1, service: 'orders', name: 'GET /orders', durationMs: 5 }]))
  await untilValue(url, 'up', (value) => value === 1)
  await untilValue(url, 'orders:all', (value) => value === 5)
  await untilValue(url, 'ALERTS{alertname="Many",alertstate="firing"}', (value) => value === 1)
  await untilValue(url, 'traces_span_metrics_calls_total{service_name="orders"}', (value) => value === 1)
  await untilValue(url, 'traces_service_graph_request_total{client="user"}', (value) => value === 1)
  await untilValue(url, 'faultline_backend_series', (value) => value > 20)
  const metadata = (await (await fetch(`${url}/api/v1/metadata`)).json()) as { data: Record<string, unknown> }
  expect(Object.keys(metadata.data)).toEqual(
    expect.arrayContaining(['orders_total', 'traces_span_metrics_calls_total']),
  )
  expect(metrics.stats()).toMatchObject({ targets: { up: 1, down: 0 }, series: { refused: [] } })
  expect(errors).toEqual([])
})

test('series past the limit are refused, and named in the store itself', async () => {
  const many = Array.from({ length: 1000 }, (_, i) => `flood{i="${i}"} 1\n`).join('')
  const target = await startTestTarget(many)
  cleanups.push(target.close)
  const { metrics, url } = await start({
    store: { maxSeries: 500 },
    targets: () => [{ url: target.url, labels: { job: 'faultline', instance: 'bad-1' } }],
  })
  await untilValue(url, 'up', (value) => value === 1)
  await untilValue(url, 'faultline_backend_series_refused_total{metric_name="flood"}', (value) => value > 500)
  expect(metrics.stats().series).toMatchObject({ limit: 500, refused: [{ name: 'flood' }] })
})

test('after the end nothing runs any more', async () => {
  const target = await startTestTarget('a 1\n')
  cleanups.push(target.close)
  const { metrics, url } = await start({
    targets: () => [{ url: target.url, labels: { job: 'faultline', instance: 'a' } }],
  })
  await untilValue(url, 'up', (value) => value === 1)
  await metrics.stop()
  const { requests } = target
  const { appended } = metrics.store.counters
  await new Promise((resolve) => setImmediate(resolve))
  expect([target.requests, metrics.store.counters.appended]).toEqual([requests, appended])
})
