import type { IncomingMessage, RequestListener } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { callerOf } from './caller.ts'
import { createTestBench, get, ok, post, startLoad, unavailable, waitUntil } from './test-bench.ts'

const { replica, setUp, cleanUp } = createTestBench()
afterEach(cleanUp)

const reset: RequestListener = (request) => request.socket.resetAndDestroy()

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
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

test('503 is repeated up to the limit, and then it is the answer', async () => {
  const seen: string[] = []
  const answer =
    (name: string): RequestListener =>
    (request, response) => {
      seen.push(name)
      unavailable(request, response)
    }
  const replicas = await Promise.all([replica('orders-1', answer('1')), replica('orders-2', answer('2'))])
  const { caller } = setUp(replicas, { outlierEjection: false })
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
  const { caller } = setUp([broken], { retryBudgetRatio: 0.1, retryBudgetMinPerS: 0, breaker: false })
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
  const { caller } = setUp([await replica('orders-1', unavailable)], { ejectAfter: 1, breaker: false })
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

test('without a replica a call fails, and one that appears meanwhile is used', async () => {
  const { caller, publish } = setUp([], { maxAttempts: 1 })
  await expect(caller.call(get)).rejects.toMatchObject({ reason: 'no_endpoint' })
  const { caller: patient, publish: publishLater } = setUp([], { maxAttempts: 10, backoffMs: 500 })
  const late = patient.call(post)
  publish([])
  publishLater([await replica('orders-1', ok)])
  expect((await late).status).toBe(200)
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
  control.set({ policies: { orders: { backoffMs: 1, maxAttempts: 4 } } })
  await caller.call(get)
  expect(seen).toBe(5)
})

test('a request for one replica goes there and nowhere else, ejected or not', async () => {
  const [first, second] = await Promise.all([replica('orders-1', ok), replica('orders-2', unavailable)])
  const { caller } = setUp([first, second], { ejectAfter: 1, ejectForMs: 60_000, maxAttempts: 2, breaker: false })
  const answers = []
  for (let i = 0; i < 5; i += 1) answers.push(await caller.call({ ...get, instance: 'orders-2' }))
  expect(answers.map(({ status, instance }) => `${status} ${instance}`)).toEqual(Array(5).fill('503 orders-2'))
  expect((await callerOf(caller, 'orders-1').call(get)).instance).toBe('orders-1')
  await expect(caller.call({ ...get, instance: 'orders-3' })).rejects.toMatchObject({ reason: 'no_endpoint' })
})
