import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response } from 'express'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ParamError } from '../../jaeger/params.ts'
import { sendLegacyError } from '../../jaeger/send.ts'
import { createEngine } from '../../promql/engine.ts'
import { batchOf } from '../../testing/span-builder.ts'
import { spansOfBatch } from '../spans/batch-spans.ts'
import { ServiceGraph } from '../spans/service-graph.ts'
import { SpanMetrics } from '../spans/span-metrics.ts'
import { SpanMetricsWriter } from '../spans/span-metrics-writer.ts'
import { Tsdb } from '../tsdb/tsdb.ts'
import { monitorRoutes } from './monitor-routes.ts'

const NOW_MS = 1_700_000_060_000

let server: Server
let url: string

/** A minute in which `orders` served ten calls a second of 5 ms, one of ten in error on one of its routes, and `users` one call a second. */
beforeEach(async () => {
  const store = new Tsdb()
  const metrics = new SpanMetrics()
  const writer = new SpanMetricsWriter(store, metrics, new ServiceGraph())
  for (let second = 0; second <= 60; second++) {
    const timeMs = NOW_MS - (60 - second) * 1000
    const specs = Array.from({ length: 10 }, (_, n) => ({
      trace: second * 20 + n + 1,
      span: 1,
      service: 'orders',
      name: n < 5 ? 'GET /orders' : 'POST /orders',
      durationMs: 5,
      ...(n === 9 ? { status: { code: 2 } } : {}),
    }))
    const more = [
      { trace: second * 20 + 15, span: 1, service: 'users', name: 'GET /users', durationMs: 5 },
      { trace: second * 20 + 16, span: 1, service: 'orders', name: 'SELECT', durationMs: 5, kind: 3 },
    ]
    for (const span of spansOfBatch(batchOf([...specs, ...more]))) metrics.observe(span, timeMs)
    writer.write(timeMs)
  }
  const app = express()
  app.use('/api/metrics', monitorRoutes({ engine: createEngine({ storage: store }), now: () => NOW_MS }))
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    sendLegacyError(
      res,
      error instanceof ParamError ? 400 : 500,
      String(error instanceof Error ? error.message : error),
    )
  })
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/metrics`
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const get = async (path: string) => {
  const response = await fetch(`${url}${path}`)
  return { status: response.status, json: (await response.json()) as unknown }
}

const WINDOW = 'lookback=10000&step=5000&ratePer=30000'
const points = (...values: number[]) =>
  values.map((value, i) => ({
    gaugeValue: { doubleValue: expect.closeTo(value, 6) },
    timestamp: new Date(NOW_MS - (values.length - 1 - i) * 5000).toISOString().replace('.000Z', 'Z'),
  }))

test('calls a second', async () => {
  expect(await get(`/calls?service=orders&${WINDOW}`)).toEqual({
    status: 200,
    json: {
      name: 'service_call_rate',
      type: 'GAUGE',
      help: 'calls/sec, grouped by service',
      metrics: [{ labels: [{ name: 'service_name', value: 'orders' }], metricPoints: points(10, 10, 10) }],
    },
  })
})

test('of several services, kinds and operations', async () => {
  const { json } = await get(
    `/calls?service=orders&service=users&groupByOperation=true&spanKind=server&spanKind=client&${WINDOW}`,
  )
  expect(json).toMatchObject({ name: 'service_operation_call_rate', help: 'calls/sec, grouped by service & operation' })
  const { metrics } = json as { metrics: { labels: { name: string; value: string }[] }[] }
  expect(metrics.map(({ labels }) => labels.map(({ name, value }) => `${name}=${value}`).join(' '))).toEqual([
    'service_name=orders operation=GET /orders',
    'service_name=orders operation=POST /orders',
    'service_name=orders operation=SELECT',
    'service_name=users operation=GET /users',
  ])
})

test('latencies in milliseconds', async () => {
  expect((await get(`/latencies?service=orders&quantile=0.5&${WINDOW}`)).json).toEqual({
    name: 'service_latencies',
    type: 'GAUGE',
    help: '0.50th quantile latency, grouped by service',
    metrics: [{ labels: [{ name: 'service_name', value: 'orders' }], metricPoints: points(5, 5, 5) }],
  })
})

describe('errors', () => {
  test('as a share of calls', async () => {
    expect((await get(`/errors?service=orders&${WINDOW}`)).json).toMatchObject({
      name: 'service_error_rate',
      metrics: [{ metricPoints: points(0.1, 0.1, 0.1) }],
    })
  })

  test('none are zero, when there were calls', async () => {
    expect((await get(`/errors?service=users&${WINDOW}`)).json).toMatchObject({
      metrics: [{ metricPoints: points(0, 0, 0) }],
    })
    expect((await get(`/errors?service=nobody&${WINDOW}`)).json).toMatchObject({ metrics: [] })
  })
})

test('a service whose name looks like an expression is only that service', async () => {
  expect((await get(`/calls?service=.*&${WINDOW}`)).json).toMatchObject({ metrics: [] })
})

test('the smallest step', async () => {
  expect(await get('/minstep')).toEqual({ status: 200, json: { data: 1, total: 0, limit: 0, offset: 0, errors: null } })
})

test.each([
  ['/calls', "unable to parse param 'service': please provide at least one service name"],
  ['/calls?service=a&step=x', 'unable to parse param \'step\': strconv.ParseInt: parsing "x": invalid syntax'],
  ['/calls?service=a&lookback=-1', "unable to parse param 'lookback': out of range"],
  ['/calls?service=a&spanKind=nothing', "unable to parse param 'spanKind': unsupported span kind: 'nothing'"],
  [
    '/calls?service=a&groupByOperation=maybe',
    'unable to parse param \'groupByOperation\': strconv.ParseBool: parsing "maybe": invalid syntax',
  ],
  ['/latencies?service=a', 'unable to parse param \'quantile\': "" is not a number from 0 to 1'],
  ['/latencies?service=a&quantile=2', 'unable to parse param \'quantile\': "2" is not a number from 0 to 1'],
  [
    '/calls?service=a&lookback=99999999999&step=1',
    'failed executing metrics query: exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
  ],
])('%s is refused', async (path, msg) => {
  expect(await get(path)).toMatchObject({ status: 400, json: { data: null, errors: [{ code: 400, msg }] } })
})
