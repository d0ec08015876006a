// Where the balanced caller stops: deadlines, cancellation, breaker, bulkhead, sizes.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { RequestListener } from 'node:http'
import { afterEach, expect, test, vi } from 'vitest'
import { withScope } from '../http/deadline.ts'
import { createTestBench, get, ok, post, unavailable, waitUntil } from './test-bench.ts'

const { replica, setUp, cleanUp } = createTestBench()
afterEach(cleanUp)

test('a slow replica times out, and sees that its caller has gone', async () => {
  let [arrived, gone] = [0, 0]
  const slow = await replica('orders-1', (request) => {
    arrived += 1
    request.on('close', () => (gone += 1))
  })
  const timeoutMs = 250
  const { caller } = setUp([slow], { timeoutMs, maxAttempts: 1, outlierEjection: false, breaker: false })
  const inVain = () =>
    expect(caller.call(get)).rejects.toMatchObject({ reason: 'timeout', message: expect.stringContaining('250 ms') })
  // On a busy machine the time may be over before the request is there, and then nothing has to go.
  while (arrived === 0) await inVain()
  await waitUntil(() => gone === arrived)
  const { replicas } = caller.snapshot()
  expect(replicas).toMatchObject([{ inFlight: 0 }])
  expect(replicas[0]?.consecutiveFailures).toBeGreaterThanOrEqual(1)
})

test('a cancelled request breaks off at once, and the replica sees it', async () => {
  let [arrived, gone] = [false, false]
  const slow = await replica('orders-1', (request) => {
    arrived = true
    request.on('close', () => (gone = true))
  })
  const { caller } = setUp([slow])
  const abort = new AbortController()
  const scope = { deadlineAtMs: performance.now() + 60_000, signal: abort.signal }
  const call = withScope(scope, () => caller.call(get))
  const failed = expect(call).rejects.toMatchObject({ reason: 'cancelled' })
  await waitUntil(() => arrived)
  abort.abort()
  await failed
  await waitUntil(() => gone)
  await expect(withScope(scope, () => caller.call(get))).rejects.toMatchObject({ reason: 'cancelled' })
  expect(caller.snapshot().replicas).toMatchObject([{ inFlight: 0, consecutiveFailures: 0 }])
})

test('each attempt is told what is left of the deadline, and none is made after it', async () => {
  const told: number[] = []
  const slow = await replica('orders-1', (request, response) => {
    told.push(Number(request.headers['x-deadline-ms']))
    setTimeout(() => unavailable(request, response), 30)
  })
  const { caller } = setUp([slow], { outlierEjection: false })
  const { signal } = new AbortController()
  await caller.call(get)
  expect(told.splice(0)).toEqual([1_000, 1_000, 1_000])

  await withScope({ deadlineAtMs: performance.now() + 900, signal }, () => caller.call(get))
  const [first = 0, second = 0, third = 0] = told.splice(0)
  expect([first <= 900, second <= first - 29, third <= second - 29]).toEqual([true, true, true])

  const late = withScope({ deadlineAtMs: performance.now(), signal }, () => caller.call(get))
  await expect(late).rejects.toMatchObject({ reason: 'timeout' })
  expect(told).toEqual([])
})

test('the request may cut the time further', async () => {
  const { caller } = setUp([await replica('orders-1', () => {})], { maxAttempts: 1 })
  await expect(caller.call({ ...get, timeoutMs: 20 })).rejects.toMatchObject({
    reason: 'timeout',
    message: expect.stringContaining('20 ms'),
  })
})

test('a connection that is not made in time is given up, and what must not be sent twice goes elsewhere', async () => {
  const far = await replica('orders-1', ok, 'eu')
  const { caller, control } = setUp([far], { timeoutMs: 1_000, maxAttempts: 2 })
  control.set({ delays: { na: { eu: 60_000 } } })
  const call = caller.call(post)
  const near = await replica('orders-2', ok)
  control.set({ endpoints: { orders: [far.endpoint, near.endpoint] } })
  expect((await call).instance).toBe('orders-2')
})

test('the breaker opens when most attempts fail, fails calls at once, and closes after a good probe', async () => {
  let [broken, seen] = [true, 0]
  const moody = await replica('orders-1', (request, response) => {
    seen += 1
    ;(broken ? unavailable : ok)(request, response)
  })
  const { caller, log } = setUp([moody], { maxAttempts: 1, breakerHalfOpenMs: 100 })
  while (caller.snapshot().breaker === 'closed') await caller.call(get)
  const before = seen
  expect(before).toBeGreaterThanOrEqual(10)
  await expect(caller.call(get)).rejects.toMatchObject({ reason: 'breaker_open' })
  expect(seen).toBe(before)
  broken = false
  await vi.waitFor(async () => expect((await caller.call(get)).status).toBe(200), { timeout: 10_000 })
  expect(caller.snapshot().breaker).toBe('closed')
  expect(log.warn.mock.calls.map(([{ state }]) => state)).toEqual(['open', 'half_open', 'closed'])
})

test('a probe that is cancelled leaves the breaker open', async () => {
  let handle: RequestListener = unavailable
  const moody = await replica('orders-1', (request, response) => handle(request, response))
  const { caller } = setUp([moody], { maxAttempts: 1, breakerHalfOpenMs: 20 })
  while (caller.snapshot().breaker === 'closed') await caller.call(get)
  let probed = false
  handle = () => {
    probed = true
  }
  const abort = new AbortController()
  const scope = { deadlineAtMs: performance.now() + 60_000, signal: abort.signal }
  const reasons: string[] = []
  while (!probed) {
    // Opens again and again until the probe is let through; that one hangs.
    const call = withScope(scope, () => caller.call(get)).catch((error) => reasons.push(error.reason))
    await Promise.race([call, waitUntil(() => probed)])
  }
  expect(caller.snapshot().breaker).toBe('half_open')
  await expect(caller.call(get)).rejects.toMatchObject({ reason: 'breaker_open' })
  abort.abort()
  await waitUntil(() => reasons.includes('cancelled'))
  expect(caller.snapshot().breaker).toBe('open')
})

test('calls beyond the limit wait in a bounded queue, further ones fail at once', async () => {
  const waiting: (() => void)[] = []
  const slow = await replica('orders-1', (_request, response) => void waiting.push(() => response.end()))
  const { caller } = setUp([slow], { maxConcurrent: 1, maxQueued: 1 })
  const calls = [caller.call(get), caller.call(get)]
  await waitUntil(() => waiting.length === 1)
  expect(caller.snapshot()).toMatchObject({ queued: 1, replicas: [{ inFlight: 1 }] })
  await expect(caller.call(get)).rejects.toMatchObject({ reason: 'overloaded' })
  waiting.shift()?.()
  await waitUntil(() => waiting.length === 1)
  waiting.shift()?.()
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200])
})

test('a queued call is sent in its own context, and leaves the queue when its request is cancelled', async () => {
  const waiting: (() => void)[] = []
  const deadlines: number[] = []
  const slow = await replica('orders-1', (request, response) => {
    deadlines.push(Number(request.headers['x-deadline-ms']))
    waiting.push(() => response.end())
  })
  const storage = new AsyncLocalStorage<string>()
  const contexts: (string | undefined)[] = []
  // Asked once when a replica is chosen, right before the request is sent.
  const random = () => {
    contexts.push(storage.getStore())
    return 0
  }
  const { caller } = setUp([slow], { maxConcurrent: 2, maxQueued: 2, timeoutMs: 60_000 }, random)
  const named = (name: string) => storage.run(name, () => caller.call(get))
  const calls = [named('a'), named('b'), named('c')]
  const abort = new AbortController()
  const scope = { deadlineAtMs: performance.now() + 60_000, signal: abort.signal }
  const cancelled = withScope(scope, () => named('d'))
  await waitUntil(() => waiting.length === 2)
  abort.abort()
  await expect(cancelled).rejects.toMatchObject({ reason: 'cancelled' })
  waiting.shift()?.()
  await waitUntil(() => deadlines.length === 3)
  for (const answer of waiting.splice(0)) answer()
  await Promise.all(calls)
  expect(contexts).toEqual(['a', 'b', 'c'])
})

test('an answer beyond 8 MiB is refused while it arrives', async () => {
  let seen = 0
  const huge = await replica('orders-1', (_request, response) => {
    seen += 1
    response.on('error', () => {})
    response.end(Buffer.alloc(9 * 1024 * 1024))
  })
  const { caller } = setUp([huge])
  await expect(caller.call(get)).rejects.toMatchObject({ reason: 'body_too_large' })
  expect(seen).toBe(1)
})

test('a request that is not valid HTTP is thrown as the mistake that it is, and blames no replica', async () => {
  const { caller } = setUp([await replica('orders-1', ok)])
  await expect(caller.call({ ...get, path: '/a b' })).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
  expect(caller.snapshot().replicas).toMatchObject([{ inFlight: 0, consecutiveFailures: 0 }])
})
