// On a real port: who is worked on, who waits, and who is refused.
import { type ClientRequest, createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createMetrics } from '../../../../otel/sdk/metrics/create-metrics.ts'
import { scrapeText, seriesValue } from '../../../../test/scrape.ts'
import { until } from '../../../../test/until.ts'
import { defaultKindPolicy, type KindPolicy } from '../../policies/kind-policy.ts'
import { createAdmission } from './admission.ts'

type Answer = { status: number; body: string; headers: IncomingMessage['headers'] }
type Asked = { name: string; answer: Promise<Answer>; cancel(): void }

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
})

/** A server whose requests `/NAME` end when the test says so; `/fast…` ends at once. */
async function start(initial: Partial<KindPolicy>) {
  let policy: KindPolicy = { ...defaultKindPolicy, ...initial }
  const metrics = createMetrics()
  const admit = createAdmission(() => policy, metrics)
  const working: string[] = []
  const held = new Map<string, () => void>()
  const deadlines: Record<string, number> = {}
  let arrived = 0
  const server = createServer((request, response) => {
    arrived += 1
    admit(request, response, () => {
      const name = (request.url ?? '').slice(1)
      working.push(name)
      deadlines[name] = Number(request.headers['x-deadline-ms'])
      const answer = () => response.end(`done ${name}`)
      if (name.startsWith('fast')) answer()
      else held.set(name, answer)
    })
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  // A listening TCP server has an AddressInfo; only pipes have strings.
  const { port } = server.address() as AddressInfo

  /** Resolves once the request has arrived. */
  async function ask(name: string, headers: Record<string, string> = {}): Promise<Asked> {
    const before = arrived
    let outgoing: ClientRequest | undefined
    const answer = new Promise<Answer>((resolve, reject) => {
      outgoing = request({ port, host: '127.0.0.1', path: `/${name}`, headers, agent: false }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text) => {
          body += text
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }))
      })
      outgoing.on('error', reject).end()
    })
    answer.catch(() => {})
    await until(`${name} to arrive`, () => arrived > before)
    return { name, answer, cancel: () => outgoing?.destroy() }
  }

  async function read(metric: string, labels: Record<string, string> = {}): Promise<number | undefined> {
    return seriesValue(scrapeText(metrics), metric, labels)
  }

  /** Ends the request that is worked on, and waits until the next one is. */
  async function finish(name: string): Promise<void> {
    await until(`work on ${name}`, () => held.has(name))
    held.get(name)?.()
    held.delete(name)
  }

  return {
    ask,
    finish,
    read,
    working,
    deadlines,
    shed: (reason: string) => read('faultline_requests_shed_total', { reason }),
    set: (changes: Partial<KindPolicy>) => {
      policy = { ...policy, ...changes }
    },
  }
}

test('by default everybody is worked on at once', async () => {
  const { ask, finish, working } = await start({})
  const asked = [await ask('a'), await ask('b'), await ask('c')]
  expect(working).toEqual(['a', 'b', 'c'])
  for (const { name } of asked) await finish(name)
  expect((await Promise.all(asked.map(({ answer }) => answer))).map(({ status }) => status)).toEqual([200, 200, 200])
})

test.each([
  ['fifo', ['a', 'b', 'c', 'd']],
  ['lifo', ['a', 'd', 'c', 'b']],
  ['deadline', ['a', 'b', 'c', 'd']],
] as const)('%s: those who wait are worked on in the order %j', async (queueDiscipline, order) => {
  const { ask, finish, working, read } = await start({ maxInFlight: 1, queueDiscipline })
  const asked: Asked[] = []
  for (const name of ['a', 'b', 'c', 'd']) asked.push(await ask(name))
  expect(await read('faultline_admission_queued')).toBe(3)
  expect(await read('faultline_admission_in_flight')).toBe(1)
  for (const name of order) await finish(name)
  await Promise.all(asked.map(({ answer }) => answer))
  expect(working).toEqual(order)
  expect(await read('faultline_admission_wait_seconds_count')).toBe(3)
})

test('who comes to a full line is refused, and told to come back later', async () => {
  const { ask, finish, shed } = await start({ maxInFlight: 1, queueLength: 1, queueDiscipline: 'fifo' })
  const [first, second] = [await ask('a'), await ask('b')]
  const refused = await (await ask('c')).answer
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(refused.headers['content-type']).toContain('application/problem+json')
  expect(JSON.parse(refused.body)).toMatchObject({ status: 503, code: 'overloaded' })
  expect(await shed('queue_full')).toBe(1)
  await finish('a')
  await finish('b')
  expect([(await first.answer).status, (await second.answer).status]).toEqual([200, 200])
})

test('where the newest come first, the oldest leaves a full line', async () => {
  const { ask, finish, shed } = await start({ maxInFlight: 1, queueLength: 1, queueDiscipline: 'lifo' })
  const asked = [await ask('a'), await ask('b'), await ask('c')]
  expect((await asked[1]?.answer)?.status).toBe(503)
  expect(await shed('queue_full')).toBe(1)
  await finish('a')
  await finish('c')
  expect((await asked[2]?.answer)?.status).toBe(200)
})

test('by deadline: nobody works for a client that has gone or whose time is over, and the others know what is left', async () => {
  const { ask, finish, working, shed, deadlines } = await start({ maxInFlight: 1, queueDiscipline: 'deadline' })
  await ask('a')
  const late = await ask('late', { 'x-deadline-ms': '1' })
  const gone = await ask('gone')
  const good = await ask('good', { 'x-deadline-ms': '60000' })
  gone.cancel()
  const sinceMs = performance.now()
  await until('a moment', () => performance.now() - sinceMs > 30)
  await finish('a')
  await finish('good')
  expect((await good.answer).status).toBe(200)
  expect(await late.answer).toMatchObject({ status: 504 })
  expect(working).toEqual(['a', 'good'])
  expect(deadlines.good).toBeLessThanOrEqual(60_000 - 30)
  expect([await shed('deadline'), await shed('abandoned')]).toEqual([1, 1])
})

test('first come, first served works for those who have gone, too', async () => {
  const { ask, finish, working } = await start({ maxInFlight: 1, queueDiscipline: 'fifo', minServiceMs: 1 })
  await ask('a')
  const gone = await ask('fast-gone')
  const good = await ask('fast-good')
  gone.cancel()
  await finish('a')
  expect((await good.answer).status).toBe(200)
  expect(working).toEqual(['a', 'fast-gone', 'fast-good'])
})

test('a least service time bounds what a node can do', async () => {
  const { ask } = await start({ maxInFlight: 1, minServiceMs: 40 })
  const startMs = performance.now()
  const asked = await Promise.all([1, 2, 3].map((each) => ask(`fast-${each}`)))
  await Promise.all(asked.map(({ answer }) => answer))
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(3 * 39)
})

test('more room is used as soon as somebody leaves', async () => {
  const { ask, finish, working, set } = await start({ maxInFlight: 1 })
  const asked = [await ask('a'), await ask('b'), await ask('c')]
  set({ maxInFlight: 2 })
  await finish('a')
  await until('both to be worked on', () => working.length === 3)
  await finish('b')
  await finish('c')
  await Promise.all(asked.map(({ answer }) => answer))
})

test('a source beyond its rate is refused, the others are not; without the limit nobody is', async () => {
  const { ask, shed, set } = await start({ rateLimit: true, rateLimitPerS: 0.1, rateLimitBurst: 2 })
  const status = async (caller: string) => (await (await ask('fast', { 'x-caller': caller })).answer).status
  expect([await status('edge'), await status('edge'), await status('edge')]).toEqual([200, 200, 429])
  expect(await status('orders')).toBe(200)
  expect(await shed('rate_limit')).toBe(1)
  set({ rateLimit: false })
  expect(await status('edge')).toBe(200)
})

test('a busy event loop refuses what comes, and nothing once it is on time again', async () => {
  const { ask, shed } = await start({ maxLoopDelayMs: 30 })
  const status = async () => (await (await ask('fast')).answer).status
  let busy = true
  const block = () => {
    const sinceMs = performance.now()
    while (performance.now() - sinceMs < 80);
    if (busy) setImmediate(block)
  }
  expect([200, 503]).toContain(await status())
  block()
  await until('a refusal', async () => (await status()) === 503)
  busy = false
  expect(await shed('loop_delay')).toBeGreaterThan(0)
  await until('an answer', async () => (await status()) === 200)
})

test('health is told whatever is going on', async () => {
  const { ask } = await start({
    maxInFlight: 1,
    queueLength: 0,
    rateLimit: true,
    rateLimitPerS: 0.1,
    rateLimitBurst: 1,
  })
  await ask('a')
  expect((await (await ask('b')).answer).status).toBe(429)
  const probe = await ask('region-health')
  // The test's server holds it, as it does every request that is let in.
  probe.cancel()
})
