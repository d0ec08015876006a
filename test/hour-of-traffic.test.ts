// Metrics after an hour's worth of customers, passed through faster: what they cost does not grow with who comes and what is bought.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readLabelValues, unboundedLabels } from './label-values.ts'
import { createMetricQueries, type MetricQueries } from './metric-queries.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { until } from './until.ts'

/** An hour at 3 requests/s. */
const HOUR = 3 * 3600
const RATE = 300
let running: RunningCluster
let metrics: MetricQueries
beforeAll(async () => {
  running = await startTestCluster({ load: RATE })
  metrics = createMetricQueries(running.cluster.urls.prometheus)
})
afterAll(() => running?.stop())

const answered = () => metrics.number('sum(load_request_duration_seconds_count{outcome=~"ok|refused"})')
test(`after ${HOUR} requests no label has grown with them`, async () => {
  // By then every route, reason and code of a healthy shop has been seen.
  await until('a third of the hour', async () => (await answered()) > HOUR / 3, 120_000)
  const early = await readLabelValues(metrics)
  await until('the hour', async () => (await answered()) > HOUR, 400_000)
  const late = await readLabelValues(metrics)
  const customers = await metrics.number('sum(shop_log_ins_total{outcome="ok"}) + sum(shop_sign_ups_total)')
  const orders = await metrics.number('sum(shop_orders_total{outcome="accepted"})')
  // There were enough whose name or number could have become a label.
  expect(Math.min(customers, orders)).toBeGreaterThan(100)

  expect(unboundedLabels(late)).toEqual([])
  // What is rare comes late: a refusal, a repeat, an error of a crowded machine, the statements of all of them.
  const grown = [...late].filter(([label, values]) => values.size > (early.get(label)?.size ?? 0) + 10)
  expect(grown.filter(([label]) => label !== 'span_name')).toEqual([])
  expect(late.get('span_name')?.size).toBeLessThan(250)
  const perNode = await metrics.vector('count by (instance) ({job="faultline"})')
  expect(perNode.length).toBeGreaterThan(10)
  expect(perNode.filter(({ value }) => value > 3_000)).toEqual([])
  expect(await metrics.vector('faultline_metrics_overflow_total > 0')).toEqual([])
  expect(await metrics.vector('faultline_backend_series_refused_total > 0')).toEqual([])
}, 600_000)
