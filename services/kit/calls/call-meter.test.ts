// What a caller tells of its attempts, against real replicas.
import { afterEach, expect, test } from 'vitest'
import { createMetrics } from '../../../otel/sdk/metrics/create-metrics.ts'
import { captureLog } from '../../../test/captured-log.ts'
import { scrapeText, seriesOf, seriesValue } from '../../../test/scrape.ts'
import { createBalancedCaller } from './balanced-caller.ts'
import { createFakeControl, type FakeReplica, startReplica } from './fake-cluster.ts'
import type { CallPolicy } from './policy.ts'
import { get, ok, post, unavailable } from './test-bench.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function replica(instance: string, handle: Parameters<typeof startReplica>[1]): Promise<FakeReplica> {
  const started = await startReplica(instance, handle)
  cleanups.push(() => started.kill())
  return started
}

function setUp(replicas: FakeReplica[], policy: Partial<CallPolicy> = {}, customerRegion?: string) {
  const metrics = createMetrics()
  const control = createFakeControl({
    policies: { orders: { backoffMs: 1, ...policy } },
    endpoints: { orders: replicas.map(({ endpoint }) => endpoint) },
  })
  const { log } = captureLog()
  const caller = createBalancedCaller({
    callee: 'orders',
    from: 'na',
    control,
    log,
    metrics,
    ...(customerRegion ? { customerRegion } : {}),
  })
  cleanups.push(() => caller.close())
  const scrape = () => scrapeText(metrics)
  return { caller, control, scrape }
}

const attempts = 'http_client_request_duration_seconds_count'

test('each attempt counts with the replica asked and what came of it', async () => {
  const moody = await replica('orders-1', unavailable)
  const { caller, scrape } = setUp([moody], { maxAttempts: 3, breaker: false, outlierEjection: false })
  await caller.call(get)
  await caller.call({ ...post, route: '/orders/:orderId' })
  expect(seriesOf(await scrape(), attempts)).toEqual([
    {
      labels: {
        callee: 'orders',
        callee_instance: 'orders-1',
        outcome: 'server_error',
        http_request_method: 'GET',
        url_template: '/orders',
        http_response_status_code: '503',
      },
      value: 3,
    },
    {
      labels: {
        callee: 'orders',
        callee_instance: 'orders-1',
        outcome: 'server_error',
        http_request_method: 'POST',
        url_template: '/orders/:orderId',
        http_response_status_code: '503',
      },
      value: 1,
    },
  ])
  expect(seriesValue(await scrape(), 'faultline_retries_total')).toBe(2)
})

test('a refusal is no error; no answer has no status', async () => {
  const refusing = await replica('orders-1', (_request, response) =>
    response.writeHead(409, { connection: 'close' }).end(),
  )
  const { caller, control, scrape } = setUp([refusing], { maxAttempts: 1 }, 'eu')
  await caller.call(get)
  await refusing.kill()
  await expect(caller.call(get)).rejects.toMatchObject({ reason: 'connect' })
  control.set({ endpoints: {} })
  await expect(caller.call(get)).rejects.toMatchObject({ reason: 'no_endpoint' })
  const common = {
    callee: 'orders',
    customer_region: 'eu',
    http_request_method: 'GET',
    url_template: '/orders',
  }
  const asked = { ...common, callee_instance: 'orders-1' }
  expect(seriesOf(await scrape(), attempts)).toEqual([
    { labels: { ...asked, outcome: 'client_error', http_response_status_code: '409' }, value: 1 },
    { labels: { ...asked, outcome: 'connect', error_type: 'ECONNREFUSED' }, value: 1 },
    { labels: { ...common, outcome: 'no_endpoint' }, value: 1 },
  ])
})

test('time is counted from when the attempt was sent', async () => {
  const slow = await replica('orders-1', (_request, response) => setTimeout(() => response.end(), 60))
  const { caller, scrape } = setUp([slow], { maxConcurrent: 1, maxQueued: 1 })
  const startMs = performance.now()
  await Promise.all([caller.call(get), caller.call(get)])
  const elapsedS = (performance.now() - startMs) / 1_000
  const text = await scrape()
  expect(seriesValue(text, 'http_client_request_duration_seconds_bucket', { le: '0.05' })).toBe(0)
  // One was sent after the other: were the wait counted, too, they would add up to more than there was.
  expect(seriesValue(text, 'http_client_request_duration_seconds_sum')).toBeLessThanOrEqual(elapsedS)
})

test('ejections, breaker and budget show', async () => {
  const [broken, steady] = [await replica('orders-1', unavailable), await replica('orders-2', ok)]
  const policy = { ejectAfter: 2, ejectForMs: 60_000, retryBudgetRatio: 0, retryBudgetMinPerS: 1, breaker: false }
  const { caller, control, scrape } = setUp([broken, steady], policy)
  expect(seriesValue(await scrape(), 'faultline_retry_budget')).toBe(10)
  expect(seriesValue(await scrape(), 'faultline_endpoints', { state: 'healthy' })).toBe(2)
  while (!caller.snapshot().replicas[0]?.ejected) await caller.call(get)
  const text = await scrape()
  expect(seriesValue(text, 'faultline_endpoints', { state: 'healthy' })).toBe(1)
  expect(seriesValue(text, 'faultline_endpoints', { state: 'ejected' })).toBe(1)
  expect(seriesValue(text, 'faultline_ejections_total', { callee_instance: 'orders-1' })).toBe(1)
  expect(seriesValue(text, 'faultline_retry_budget')).toBeLessThan(10)
  expect(seriesValue(text, 'faultline_breaker_state', { state: 'closed' })).toBe(1)

  control.set({
    endpoints: { orders: [broken.endpoint] },
    policies: { orders: { ...policy, outlierEjection: false, maxAttempts: 1, breaker: true } },
  })
  while (caller.snapshot().breaker === 'closed') await caller.call(get).catch(() => undefined)
  await caller.call(get).catch(() => undefined)
  const opened = await scrape()
  expect(seriesValue(opened, 'faultline_breaker_state', { state: 'open' })).toBe(1)
  expect(seriesValue(opened, 'faultline_breaker_state', { state: 'closed' })).toBe(0)
  expect(seriesValue(opened, 'faultline_breaker_transitions_total', { state: 'open' })).toBe(1)
  expect(seriesValue(opened, attempts, { outcome: 'rejected' })).toBeGreaterThan(0)
})

test('a repeat that the budget refuses is counted', async () => {
  const broken = await replica('orders-1', unavailable)
  const { caller, scrape } = setUp([broken], { retryBudgetRatio: 0, retryBudgetMinPerS: 0, breaker: false })
  await caller.call(get)
  expect(seriesValue(await scrape(), 'faultline_retries_refused_total')).toBe(1)
  expect(seriesValue(await scrape(), 'faultline_retries_total')).toBe(0)
})
