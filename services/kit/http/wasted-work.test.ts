// What is done for clients who have gone, over real HTTP; and whom a request is about.
import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import express from 'express'
import { request } from 'undici'
import { afterEach, expect, test } from 'vitest'
import { createMetrics } from '../../../otel/sdk/metrics/create-metrics.ts'
import { scrapeText, seriesValue } from '../../../test/scrape.ts'
import { serve } from '../../../test/serve.ts'
import { until } from '../../../test/until.ts'
import { noteSubject } from './subject.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test('counts from the departure of the client to the end of the work, and nothing else', async () => {
  const metrics = createMetrics()
  let finish = () => {}
  const app = express()
  app.get('/quick', (_request, response) => void response.json('done'))
  app.get('/slow', (_request, response) => {
    finish = () => response.json('done')
  })
  const served = await serve(app, { metrics })
  cleanups.push(() => served.close())
  const wasted = async () => seriesValue(scrapeText(metrics), 'faultline_wasted_work_seconds_total')
  await served.send('GET', '/quick')
  expect(await wasted()).toBe(0)
  const abort = new AbortController()
  const gone = request(`${served.url}/slow`, { signal: abort.signal }).catch(() => 'gone')
  const started = finish
  await until('the work', () => finish !== started)
  abort.abort()
  expect(await gone).toBe('gone')
  await until('the departure', async () => {
    const body = scrapeText(metrics)
    return seriesValue(body, 'http_server_active_requests') === 0
  })
  expect(await wasted()).toBe(0)
  finish()
  expect(await wasted()).toBeGreaterThan(0)
})

test.each([
  ['/products/p-0001', { 'faultline.product.id': 'p-0001' }],
  ['/api/products/p-0042/recommendations?limit=3', { 'faultline.product.id': 'p-0042' }],
  ['/products/batch', {}],
  [
    '/baskets/0b0e5ad0-6f6c-4b8e-9d43-1f7f3f3a1e11/items/p-0007',
    { 'faultline.product.id': 'p-0007', 'faultline.user.id': '0b0e5ad0-6f6c-4b8e-9d43-1f7f3f3a1e11' },
  ],
  ['/', {}],
])('%s is about %j', (url, attributes) => {
  const exporter = new InMemorySpanExporter()
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  provider.register()
  cleanups.push(() => {
    trace.disable()
    return provider.shutdown()
  })
  provider.getTracer('test').startActiveSpan('GET', (span) => {
    noteSubject({ url } as never)
    span.end()
  })
  expect(exporter.getFinishedSpans()[0]?.attributes).toEqual(attributes)
})
