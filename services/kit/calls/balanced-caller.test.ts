import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, RequestListener } from 'node:http'
import { afterEach, expect, test, vi } from 'vitest'
import { withScope } from '../http/deadline.ts'
import { type BalancedCaller, createBalancedCaller } from './balanced-caller.ts'
import type { CallRequest } from './caller.ts'
import { createFakeControl, type FakeControl, type FakeReplica, startReplica } from './fake-cluster.ts'
import type { CallPolicy } from './policy.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const get: CallRequest = { method: 'GET', path: '/orders?page=2', route: '/orders', idempotent: true }
const post: CallRequest = { method: 'POST', path: '/orders', route: '/orders', body: '{"a":1}', idempotent: false }
const ok: RequestListener = (_request, response) => response.end('ok')
const unavailable: RequestListener = (_request, response) => response.writeHead(503).end()
const never: RequestListener = () => {}
const reset: RequestListener = (request) => request.socket.resetAndDestroy()

async function replica(instance: string, handle: RequestListener, region: 'na' | 'eu' | 'asia' = 'na') {
  const started = await startReplica(instance, handle, region)
  cleanups.push(() => started.kill())
  return started
}

function setUp(replicas: FakeReplica[], policy: Partial<CallPolicy> = {}, random = Math.random) {
  const log = { warn: vi.fn() }
  const control = createFakeControl({ policies: { orders: { backoffMs: 1, ...policy } } })
  const publish = (current: FakeReplica[]) =>
    control.set({ endpoints: { orders: current.map(({ endpoint }) => endpoint) } })
  publish(replicas)
  const caller = createBalancedCaller({ callee: 'orders', from: 'na', control, log, random })
  cleanups.push(() => caller.close())
  return { caller, control, publish, log }
}

function setPolicy(control: FakeControl, policy: Partial<CallPolicy>) {
  control.set({ policies: { orders: { backoffMs: 1, ...policy } } })
}

async function waitUntil(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000, interval: 5 })
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

/** Calls without pause, `width` at a time, until `stop` is called; then tells how often and what failed. */
function startLoad(caller: BalancedCaller, request: CallRequest, width = 8) {
  let running = true
  const failures: string[] = []
  const answers: Record<string, number> = {}
  const workers = Array.from({ length: width }, async () => {
    while (running) {
      await caller.call(request).then(
        ({ status, instance }) => {
          if (status === 200) answers[instance] = (answers[instance] ?? 0) + 1
          else failures.push(String(status))
        },
        (error) => failures.push(String(error)),
      )
    }
  })
  const stop = async () => {
    running = false
    await Promise.all(workers)
    return failures
  }
  return { answers, stop }
}

test('sends the request as it is and returns the whole answer', async () => {
  const orders = await replica('orders-1', async (request, response) => {
    const { method, url, headers } = request
    response.setHeader('set-cookie', ['a=1', 'b=2'])
    response.setHeader('content-type', 'application/json')
    response.writeHead(201)
    response.write(JSON.stringify({ method, url, type: headers['content-type'], host: headers.host }))
    response.end(await readText(request))
  })
  const { caller } = setUp([orders])
  const answer = await caller.call({ ...post, headers: { 'content-type': 'text/plain' } })
  expect(answer).toMatchObject({
    status: 201,
    instance: 'orders-1',
    headers: { 'set-cookie': ['a=1', 'b=2'], 'content-type': 'application/json' },
  })
  expect(answer.body.toString()).toBe('{"method":"POST","url":"/orders","type":"text/plain","host":"orders"}{"a":1}')
})

test('a replica that refuses connections costs nothing but an attempt, even for what must not be sent twice', async () => {
  const [dead, alive] = await Promise.all([replica('orders-1', ok), replica('orders-2', ok)])
  await dead.kill()
  const { caller } = setUp([dead, alive])
  const answers = await Promise.all(Array.from({ length: 10 }, () => caller.call(post)))
  expect(answers.map(({ status, instance }) => `${status} ${instance}`)).toEqual(Array(10).fill('200 orders-2'))
})

test('after a reset a GET is sent to another replica, a POST is not', async () => {
  let seen = 0
  const broken = await replica('orders-1', (request, response) => {
    seen += 1
    reset(request, response)
  })
  const working = await replica('orders-2', ok)
  const { caller, publish } = setUp([broken])
  await expect(caller.call(post)).rejects.toMatchObject({ name: 'CallFailure', reason: 'reset', callee: 'orders' })
  expect(seen).toBe(1)
  publish([broken, working])
  for (let i = 0; i < 5; i += 1) expect((await caller.call(get)).instance).toBe('orders-2')
})

test('a slow replica times out, and sees that its caller has gone', async () => {
  let gone = false
  const slow = await replica('orders-1', (request) => request.on('close', () => (gone = true)))
  const { caller } = setUp([slow], { timeoutMs: 50, maxAttempts: 1 })
  await expect(caller.call(get)).rejects.toMatchObject({ reason: 'timeout', message: expect.stringContaining('50 ms') })
  await waitUntil(() => gone)
  expect(caller.snapshot().replicas).toMatchObject([{ inFlight: 0, consecutiveFailures: 1 }])
})

test('503 is repeated up to the limit, and then it is the answer', async () => {
  const seen: string[] = []
  const answer =
    (name: string): RequestListener =>
    (request, response) => {
      seen.push(name)
      unavailable(request, response)
    }
  const replicas = await Promise.all([replica('orders-1', answer('1')), replica('orders-2', answer('2'))])
  const { caller } = setUp(replicas, { ejectAfter: 0 })
  expect((await caller.call(get)).status).toBe(503)
  expect(seen).toHaveLength(3)
  expect(new Set(seen.slice(0, 2)).size).toBe(2)
  expect((await caller.call(post)).status).toBe(503)
  expect(seen).toHaveLength(4)
})

test('repeats stop when the budget is used up', async () => {
  let seen = 0
  const broken = await replica('orders-1', (request, response) => {
    seen += 1
    unavailable(request, response)
  })
  const { caller } = setUp([broken], { retryBudgetRatio: 0.1, retryBudgetMinPerS: 0, breakerThreshold: 2 })
  for (let i = 0; i < 100; i += 1) await caller.call(get)
  // 10 saved up at the start and a tenth of the 100 requests.
  expect(seen).toBeGreaterThanOrEqual(118)
  expect(seen).toBeLessThanOrEqual(120)
  expect(caller.snapshot().retryBudget).toBe(0)
})

test('a replica that keeps failing is ejected, and comes back when its time is over', async () => {
  let broken = true
  const moody = await replica('orders-1', (request, response) => (broken ? unavailable : ok)(request, response))
  const steady = await replica('orders-2', ok)
  const { caller, log } = setUp([moody, steady], { ejectAfter: 2, ejectForMs: 200 })
  const ejected = () => caller.snapshot().replicas[0]?.ejected
  while (!ejected()) expect((await caller.call(get)).status).toBe(200)
  expect(log.warn).toHaveBeenCalledWith(expect.objectContaining({ instance: 'orders-1' }), 'replica ejected')
  while (ejected()) expect((await caller.call(post)).instance).toBe('orders-2')
  broken = false
  const load = startLoad(caller, get)
  await waitUntil(() => (load.answers['orders-1'] ?? 0) > 0)
  expect(await load.stop()).toEqual([])
})

test('the only replica is never ejected', async () => {
  const { caller } = setUp([await replica('orders-1', unavailable)], { ejectAfter: 1, breakerThreshold: 2 })
  for (let i = 0; i < 5; i += 1) expect((await caller.call(get)).status).toBe(503)
  expect(caller.snapshot().replicas).toMatchObject([{ ejected: false }])
})

test('the own region comes first, and then the nearest that works', async () => {
  const na = await replica('orders-1', ok, 'na')
  const eu = await replica('orders-2', ok, 'eu')
  const asia = await replica('orders-3', ok, 'asia')
  const { caller, control, publish } = setUp([asia, eu, na])
  control.set({ delays: { na: { eu: 2, asia: 3 } } })
  expect((await caller.call(get)).instance).toBe('orders-1')
  await na.kill()
  expect((await caller.call(get)).instance).toBe('orders-2')
  publish([asia, eu])
  expect((await caller.call(get)).instance).toBe('orders-2')
  publish([asia])
  expect((await caller.call(get)).instance).toBe('orders-3')
})

test('a replica that dies under load costs no request that may be repeated', async () => {
  const replicas = await Promise.all([1, 2, 3].map((n) => replica(`orders-${n}`, ok)))
  const { caller } = setUp(replicas, { retryBudgetMinPerS: 100 })
  const load = startLoad(caller, get)
  await waitUntil(() => (load.answers['orders-2'] ?? 0) > 20)
  await replicas[1]?.kill()
  const before = load.answers['orders-1'] ?? 0
  await waitUntil(() => (load.answers['orders-1'] ?? 0) > before + 200)
  expect(await load.stop()).toEqual([])
})

test.each([0, 10])(
  'replicas come and go under load without an error, %i ms away, even for what must not be sent twice',
  async (delayMs) => {
    const first = await replica('orders-1', ok, 'eu')
    const { caller, publish, control } = setUp([first])
    control.set({ delays: { na: { eu: delayMs }, eu: { na: delayMs } } })
    const load = startLoad(caller, post)
    let current = [first]
    for (let n = 2; n < 8; n += 1) {
      const added = await replica(`orders-${n}`, ok, 'eu')
      publish([...current, added])
      await waitUntil(() => (load.answers[`orders-${n}`] ?? 0) > 30)
      publish([added])
      for (const leaving of current) await leaving.drain()
      current = [added]
    }
    expect(await load.stop()).toEqual([])
  },
)

test('a call under way on a replica that leaves is answered', async () => {
  const waiting: (() => void)[] = []
  const leaving = await replica('orders-1', (_request, response) => {
    waiting.push(() => response.end('late'))
  })
  const { caller, publish } = setUp([leaving])
  const call = caller.call(post)
  await waitUntil(() => waiting.length === 1)
  publish([])
  await expect(caller.call(post)).rejects.toMatchObject({ reason: 'no_endpoint' })
  const closed = caller.close()
  waiting[0]?.()
  expect((await call).body.toString()).toBe('late')
  await closed
  await leaving.drain()
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
  const { caller } = setUp([slow], { ejectAfter: 0 })
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
  const { caller } = setUp([await replica('orders-1', never)], { maxAttempts: 1 })
  await expect(caller.call({ ...get, timeoutMs: 20 })).rejects.toMatchObject({
    reason: 'timeout',
    message: expect.stringContaining('20 ms'),
  })
})

test('a connection that is not made in time is given up, and what must not be sent twice goes elsewhere', async () => {
  const far = await replica('orders-1', ok, 'eu')
  const { caller, control } = setUp([far], { timeoutMs: 50, maxAttempts: 2 })
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

test('calls beyond the limit wait in a queue as long as the limit, further ones fail at once', async () => {
  const waiting: (() => void)[] = []
  const slow = await replica('orders-1', (_request, response) => void waiting.push(() => response.end()))
  const { caller } = setUp([slow], { maxConcurrent: 1 })
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
  const { caller } = setUp([slow], { maxConcurrent: 2, timeoutMs: 60_000 }, random)
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

test('without a replica a call fails, and one that appears meanwhile is used', async () => {
  const { caller, publish } = setUp([], { maxAttempts: 1 })
  await expect(caller.call(get)).rejects.toMatchObject({ reason: 'no_endpoint' })
  const { caller: patient, publish: publishLater } = setUp([], { maxAttempts: 10, backoffMs: 500 })
  const late = patient.call(post)
  publish([])
  publishLater([await replica('orders-1', ok)])
  expect((await late).status).toBe(200)
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

test('a new policy acts on the next attempt', async () => {
  let seen = 0
  const broken = await replica('orders-1', (request, response) => {
    seen += 1
    unavailable(request, response)
  })
  const { caller, control } = setUp([broken], { maxAttempts: 1 })
  await caller.call(get)
  expect(seen).toBe(1)
  setPolicy(control, { maxAttempts: 4 })
  await caller.call(get)
  expect(seen).toBe(5)
})
