// What a server tells of its requests, over real HTTP.
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { createMetrics } from '../../../otel/sdk/metrics/create-metrics.ts'
import { noMetrics } from '../../../otel/sdk/metrics/instruments.ts'
import { captureLog } from '../../../test/captured-log.ts'
import { scrapeOf, seriesOf } from '../../../test/scrape.ts'
import { serve } from '../../../test/serve.ts'
import { until } from '../../../test/until.ts'
import { defineApi } from './api.ts'
import { HttpError } from './errors.ts'
import { createRoutes } from './routes.ts'
import { createServiceApp } from './server.ts'

const api = defineApi({
  item: {
    method: 'GET',
    path: '/items/:id',
    summary: 'An item',
    params: z.object({ id: z.string() }),
    response: z.unknown(),
  },
  slow: { method: 'POST', path: '/slow', summary: 'Never answers', response: z.unknown() },
})

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function serveItems(metrics = createMetrics()) {
  const { log } = captureLog()
  const routes = createRoutes(api, {
    item: ({ params: { id } }) => {
      if (id === 'broken') throw new HttpError(503, 'broken', 'broken')
      return id
    },
    slow: () => new Promise(() => {}),
  })
  const served = await serve(createServiceApp({ log, routes }), { metrics })
  cleanups.push(() => served.close())
  return { ...served, metrics }
}

const duration = 'http_server_request_duration_seconds'

test('each request counts under its method, the template of its route and its status', async () => {
  const { send, url } = await serveItems()
  for (const id of ['1', '2', 'a%20b', 'broken']) await send('GET', `/items/${id}?q=1`)
  await send('PUT', '/items/1')
  await send('GET', '/nowhere/1')
  await send('PROPFIND', '/items/1')
  await until('all seven', async () => {
    const scrape = await scrapeOf(url)
    return seriesOf(scrape, `${duration}_count`).reduce((sum, { value }) => sum + value, 0) === 7
  })
  expect(seriesOf(await scrapeOf(url), `${duration}_count`)).toEqual([
    { labels: { http_request_method: 'GET', http_route: '/items/:id', http_response_status_code: '200' }, value: 3 },
    { labels: { http_request_method: 'GET', http_route: '/items/:id', http_response_status_code: '503' }, value: 1 },
    { labels: { http_request_method: 'PUT', http_route: 'unmatched', http_response_status_code: '404' }, value: 1 },
    { labels: { http_request_method: 'GET', http_route: 'unmatched', http_response_status_code: '404' }, value: 1 },
    { labels: { http_request_method: '_OTHER', http_route: 'unmatched', http_response_status_code: '404' }, value: 1 },
  ])
})

test('requests under way are counted, and a client that leaves before the answer is a 499', async () => {
  const { url, listening } = await serveItems()
  const socket = connect(listening.port, '127.0.0.1')
  cleanups.push(() => socket.destroy())
  socket.write('POST /slow HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n')
  const active = async () => seriesOf(await scrapeOf(url), 'http_server_active_requests')[0]?.value
  await until('the request', async () => (await active()) === 1)
  socket.destroy()
  await until('its end', async () => (await active()) === 0)
  expect(seriesOf(await scrapeOf(url), `${duration}_count`)).toEqual([
    { labels: { http_request_method: 'POST', http_route: '/slow', http_response_status_code: '499' }, value: 1 },
  ])
})

test('health checks and scrapes are not measured', async () => {
  const { send, url } = await serveItems()
  for (const path of ['/healthz', '/readyz', '/metrics', '/metrics', '/region-health']) await send('GET', path)
  await send('GET', '/items/last')
  await until('the last', async () => seriesOf(await scrapeOf(url), `${duration}_count`).length > 0)
  expect(seriesOf(await scrapeOf(url), `${duration}_count`)).toEqual([
    { labels: { http_request_method: 'GET', http_route: '/items/:id', http_response_status_code: '200' }, value: 1 },
  ])
})

test('a scrape comes in the format that it asks for; nothing is there when nothing is measured', async () => {
  const { send } = await serveItems()
  const openMetrics = await send('GET', '/metrics', {
    headers: { accept: 'application/openmetrics-text;version=1.0.0' },
  })
  expect(openMetrics).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8', vary: 'accept' },
  })
  expect(openMetrics.text).toMatch(/# EOF\n$/)
  const classic = await send('GET', '/metrics')
  expect(classic.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  const silent = await serveItems(noMetrics)
  expect(await silent.send('GET', '/metrics')).toMatchObject({ status: 404 })
})
