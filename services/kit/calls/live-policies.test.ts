// Policies of calls, each with its effect on real replicas, changed while the caller runs.
import type { RequestListener } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { createMetrics } from '../../../otel/sdk/metrics/create-metrics.ts'
import { scrapeText, seriesValue } from '../../../test/scrape.ts'
import { CHECKSUM_HEADER, checksumOf } from '../http/checksum.ts'
import { withScope } from '../http/deadline.ts'
import { createBalancedCaller } from './balanced-caller.ts'
import { createFakeControl, type FakeReplica } from './fake-cluster.ts'
import type { CallPolicy } from './policy.ts'
import { createTestBench, get, ok, post, unavailable, waitUntil } from './test-bench.ts'

const { replica, cleanUp } = createTestBench()
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  await cleanUp()
})

/** A caller with metrics whose policy can be changed; the first replica of two is asked first. */
function setUp(replicas: FakeReplica[], initial: Partial<CallPolicy> = {}) {
  const metrics = createMetrics()
  const endpoints = { orders: replicas.map(({ endpoint }) => endpoint) }
  const control = createFakeControl({ endpoints, policies: { orders: { backoffMs: 0, ...initial } } })
  const random = () => 0
  const caller = createBalancedCaller({
    caller: 'gateway',
    callee: 'orders',
    from: 'na',
    control,
    log: { warn() {} },
    metrics,
    random,
  })
  closers.push(() => caller.close())
  return {
    caller,
    set: (policy: Partial<CallPolicy>) =>
      control.set({ policies: { orders: { backoffMs: 0, ...initial, ...policy } } }),
    count: (name: string) => seriesValue(scrapeText(metrics), name),
  }
}

/** Answers when the test lets it. */
function holding() {
  const held: (() => void)[] = []
  let gone = 0
  const handle: RequestListener = (_request, response) => {
    response.on('close', () => {
      if (!response.writableEnded) gone += 1
    })
    held.push(() => response.end('late'))
  }
  return { handle, arrived: () => held.length, gone: () => gone, letGo: () => held.splice(0).map((answer) => answer()) }
}

test('hedging: a replica that is slow costs the delay only, and sees its request cancelled', async () => {
  const slow = holding()
  const replicas = [await replica('orders-1', slow.handle), await replica('orders-2', ok)]
  const { caller, count } = setUp(replicas, { hedging: true, hedgeDelayMs: 10, timeoutMs: 60_000 })
  expect((await caller.call(get)).instance).toBe('orders-2')
  await waitUntil(() => slow.gone() === 1)
  expect(await count('faultline_hedges_total')).toBe(1)
  expect(await count('faultline_hedges_won_total')).toBe(1)
  expect(await count('faultline_retries_total')).toBe(0)
  expect(caller.snapshot().replicas).toMatchObject([{ inFlight: 0, ejected: false }, { inFlight: 0 }])
})

test('hedging: what must not be sent twice is not, nor without budget, nor when it is off', async () => {
  const slow = holding()
  const replicas = [await replica('orders-1', slow.handle), await replica('orders-2', ok)]
  const policy = { hedging: true, hedgeDelayMs: 1, timeoutMs: 100, maxAttempts: 1, outlierEjection: false }
  const { caller, count, set } = setUp(replicas, policy)
  await expect(caller.call(post)).rejects.toMatchObject({ reason: 'timeout' })
  // One attempt in all leaves none for a hedge.
  await expect(caller.call(get)).rejects.toMatchObject({ reason: 'timeout' })
  set({ maxAttempts: 2, retryBudgetRatio: 0, retryBudgetMinPerS: 0 })
  await expect(caller.call(get)).rejects.toMatchObject({ reason: 'timeout' })
  expect(await count('faultline_retries_refused_total')).toBeGreaterThan(0)
  expect(await count('faultline_hedges_total')).toBe(0)
})

test('deadline propagation: when off, the callee is told nothing and works on after its caller has gone', async () => {
  const told: unknown[] = []
  const slow = holding()
  const only = await replica('orders-1', (request, response) => {
    told.push(request.headers['x-deadline-ms'])
    slow.handle(request, response)
  })
  const { caller, set } = setUp([only], { maxAttempts: 1, timeoutMs: 60_000, deadlinePropagation: false })
  const abort = new AbortController()
  const scope = { deadlineAtMs: performance.now() + 1_000, signal: abort.signal }
  const call = withScope(scope, () => caller.call(get))
  await waitUntil(() => slow.arrived() === 1)
  abort.abort()
  slow.letGo()
  expect((await call).status).toBe(200)
  set({ deadlinePropagation: true })
  await expect(withScope(scope, () => caller.call(get))).rejects.toMatchObject({ reason: 'cancelled' })
  const good = caller.call(get)
  await waitUntil(() => slow.arrived() === 1)
  slow.letGo()
  await good
  expect(told).toEqual([undefined, '60000'])
})

test('retry budget: without one each failure is repeated, and the load is a multiple', async () => {
  let seen = 0
  const broken = await replica('orders-1', (request, response) => {
    seen += 1
    unavailable(request, response)
  })
  const policy = { breaker: false, outlierEjection: false, retryBudgetRatio: 0, retryBudgetMinPerS: 0 }
  const { caller, set } = setUp([broken], policy)
  const attemptsOf = async (calls: number) => {
    seen = 0
    for (let call = 0; call < calls; call++) await caller.call(get)
    return seen
  }
  expect(await attemptsOf(10)).toBe(10)
  set({ retryBudget: false })
  expect(await attemptsOf(10)).toBe(30)
})

test('breaker: when off, an open one lets everything through at once', async () => {
  let isBroken = true
  const moody = await replica('orders-1', (request, response) => (isBroken ? unavailable : ok)(request, response))
  const policy = { maxAttempts: 1, outlierEjection: false, breakerHalfOpenMs: 600_000, breakerMinPerS: 0.1 }
  const { caller, set } = setUp([moody], policy)
  while (caller.snapshot().breaker === 'closed') await caller.call(get).catch(() => undefined)
  isBroken = false
  await expect(caller.call(get)).rejects.toMatchObject({ reason: 'breaker_open' })
  set({ breaker: false })
  expect((await caller.call(get)).status).toBe(200)
  expect(caller.snapshot().breaker).toBe('closed')
})

test('ejection: when off, nobody is left out any more; the share bounds how many may be', async () => {
  const broken = [await replica('orders-1', unavailable), await replica('orders-2', unavailable)]
  const replicas = [...broken, await replica('orders-3', ok)]
  const policy = { ejectAfter: 1, ejectForMs: 600_000, breaker: false, retryBudget: false, maxEjectedShare: 0.4 }
  const { caller, set } = setUp(replicas, policy)
  const ejected = () => caller.snapshot().replicas.filter((each) => each.ejected).length
  for (let call = 0; call < 5; call++) await caller.call(get)
  expect(ejected()).toBe(1)
  set({ maxEjectedShare: 1 })
  for (let call = 0; call < 5; call++) await caller.call(get)
  expect(ejected()).toBe(2)
  set({ outlierEjection: false })
  expect(ejected()).toBe(0)
})

test('checksums: a damaged answer is used and counted, or refused and asked for again where it may', async () => {
  let isDamaged = true
  const damaging = await replica('orders-1', (_request, response) => {
    response.setHeader(CHECKSUM_HEADER, checksumOf(isDamaged ? 'another' : 'ok'))
    response.end('ok')
    isDamaged = false
  })
  const { caller, count, set } = setUp([damaging])
  expect((await caller.call(get)).body.toString()).toBe('ok')
  set({ verifyChecksums: true })
  isDamaged = true
  expect((await caller.call(get)).body.toString()).toBe('ok')
  expect(await count('faultline_retries_total')).toBe(1)
  isDamaged = true
  await expect(caller.call(post)).rejects.toMatchObject({ reason: 'reset' })
  expect(await count('faultline_checksum_mismatches_total')).toBe(3)
})

test('bulkhead: the line has a length of its own', async () => {
  const slow = holding()
  const { caller } = setUp([await replica('orders-1', slow.handle)], { maxConcurrent: 1, maxQueued: 0, maxAttempts: 1 })
  const first = caller.call(get)
  await waitUntil(() => slow.arrived() === 1)
  await expect(caller.call(get)).rejects.toMatchObject({ reason: 'overloaded' })
  slow.letGo()
  expect((await first).status).toBe(200)
})

test('the callee learns who calls', async () => {
  const callers: unknown[] = []
  const only = await replica('orders-1', (request, response) => {
    callers.push(request.headers['x-caller'])
    response.end()
  })
  const { caller } = setUp([only])
  await caller.call({ ...get, headers: { 'x-caller': 'somebody else' } })
  expect(callers).toEqual(['gateway'])
})
