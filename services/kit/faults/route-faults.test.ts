// A label without bounds: the bound on label sets holds, what overflows is counted, and all of it is gone afterwards.
import express from 'express'
import { afterEach, expect, test } from 'vitest'
import { createMetrics } from '../../../otel/sdk/metrics/create-metrics.ts'
import { scrapeText, seriesValue } from '../../../test/scrape.ts'
import { until } from '../../../test/until.ts'
import { listen } from '../http/server.ts'
import { ROUTED_METRIC, RouteFaults } from './route-faults.ts'
import { active } from './test-fault.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const cardinality = active('cardinality', { share: 1 })

test('series grow to their bound, the rest overflows, and a node that is well again has as many as before', async () => {
  const metrics = createMetrics()
  const routes = new RouteFaults('products-na', metrics)
  const app = express().get('/products/:productId', (_request, response) => void response.end('ok'))
  const listening = await listen(app, { host: '127.0.0.1', port: 0, metrics, routes })
  cleanups.push(() => listening.close(0))
  const text = async () => scrapeText(metrics)
  const series = async () =>
    (await text()).split('\n').filter((line) => line.startsWith(`${ROUTED_METRIC}_count`)).length
  const overflowed = async () =>
    seriesValue(await text(), 'faultline_metrics_overflow_total', { metric: ROUTED_METRIC }) ?? 0
  const served = async (route: string) =>
    seriesValue(await text(), `${ROUTED_METRIC}_count`, { http_route: route }) ?? 0
  const ask = async (times: number) => {
    for (let index = 0; index < times; index++) {
      await fetch(`http://127.0.0.1:${listening.port}/products/p-${index % 7}`).then((response) => response.text())
    }
  }

  await ask(3)
  await until('three to be counted', async () => (await served('/products/:productId')) === 3)
  expect(await series()).toBe(1)
  routes.apply([cardinality])
  await ask(250)
  await until('what is too much to overflow', async () => (await overflowed()) === 51)
  // 200 label sets and the one for all others.
  expect(await series()).toBe(201)
  expect(await served('other')).toBe(51)
  routes.apply([])
  expect(await series()).toBe(1)
  await ask(2)
  await until('two more to be counted', async () => (await served('/products/:productId')) === 5)
  expect(await series()).toBe(1)
  expect(await overflowed()).toBe(51)
}, 60_000)
