// Policies on a real cluster of the small size: set while it runs, seen by their effect and in the metrics, and put back.
import { randomUUID } from 'node:crypto'
import { request } from 'undici'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createControlCaller } from '../cluster/cli/control-caller.ts'
import { controlApi } from '../cluster/control-plane/contract.ts'
import { type ClientOf, createClient } from '../services/kit/http/client.ts'
import { runCommand } from './command.ts'
import { createCustomer } from './customer.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { scrapeOf, seriesOf } from './scrape.ts'
import { until } from './until.ts'

let running: RunningCluster
let control: ClientOf<typeof controlApi>
beforeAll(async () => {
  running = await startTestCluster()
  const { urls, token } = running.cluster
  control = createClient(controlApi, createControlCaller(urls.control, token))
})
afterAll(() => running?.stop())
afterEach(async () => {
  await control.resetPolicies({ query: {} })
})

const faultline = (...args: string[]) => runCommand([...args, '--data', running.dataDir])
const shop = () => createCustomer(running.cluster.urls.shop)

async function urlOf(id: string): Promise<string> {
  const processes = await running.cluster.supervision.processes()
  return `http://${processes.find((process) => process.id === id)?.address}`
}

/** Sum of a metric's series that have these labels, as the node tells it now. */
async function sum(node: string, name: string, labels: Record<string, string> = {}): Promise<number> {
  const found = seriesOf(await scrapeOf(await urlOf(node)), name).filter((series) =>
    Object.entries(labels).every(([label, value]) => series.labels[label] === value),
  )
  return found.reduce((total, { value }) => total + value, 0)
}

async function statusesOf(requests: number, url: string): Promise<number[]> {
  return Promise.all(
    Array.from({ length: requests }, async () => {
      const { statusCode, body } = await request(url)
      await body.dump()
      return statusCode
    }),
  )
}

test('a rate limit at the gateway refuses what is too much, and is gone when it is reset', async () => {
  const shed = () => sum('gateway-na', 'faultline_requests_shed_total', { reason: 'rate_limit' })
  // Not logged in: an answer that no cache keeps.
  const ask = async () => (await shop().send('GET', '/api/basket')).status
  expect(await ask()).toBe(401)
  const before = await shed()
  const changes = [
    { name: 'rateLimit', value: true, kind: 'gateway' },
    { name: 'rateLimitBy', value: 'all', kind: 'gateway' },
    { name: 'rateLimitPerS', value: 0.1, kind: 'gateway' },
    { name: 'rateLimitBurst', value: 1, kind: 'gateway' },
  ]
  expect(await control.setPolicies({ body: { changes } })).toMatchObject({ applied: true })
  await until('a refusal', async () => (await ask()) === 429)
  expect(await shed()).toBeGreaterThan(before)
  expect((await faultline('policy', 'reset', '--all')).stdout).toContain('rateLimit of gateway: off (was on)')
  expect(await ask()).toBe(401)
})

test('a server of one request at a time lets others wait, and refuses when its line is full', async () => {
  const products = `${await urlOf('products-na')}/categories`
  const changes = [
    { name: 'maxInFlight', value: 1, kind: 'products' },
    { name: 'minServiceMs', value: 20, kind: 'products' },
    { name: 'queueLength', value: 3, kind: 'products' },
    { name: 'queueDiscipline', value: 'fifo', kind: 'products' },
  ]
  await control.setPolicies({ body: { changes } })
  const statuses = await statusesOf(12, products)
  expect(new Set(statuses)).toEqual(new Set([200, 503]))
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(4)
  expect(await sum('products-na', 'faultline_requests_shed_total', { reason: 'queue_full' })).toBeGreaterThan(0)
  expect(await sum('products-na', 'faultline_admission_wait_seconds_count')).toBeGreaterThanOrEqual(3)
  await control.resetPolicies({ query: { kind: 'products' } })
  expect(new Set(await statusesOf(12, products))).toEqual(new Set([200]))
})

/** A product that no cache has. */
let asked = 20
const neverAsked = () => `p-00${++asked}`

test('single flight: one load for all who ask at once; without it one for each', async () => {
  const products = await urlOf('products-na')
  const count = (result: string) => sum('products-na', 'faultline_cache_requests_total', { cache: 'products', result })
  const load = async () => {
    const id = neverAsked()
    const [misses, coalesced] = [await count('miss'), await count('coalesced')]
    expect(new Set(await statusesOf(6, `${products}/products/${id}`))).toEqual(new Set([200]))
    return { misses: (await count('miss')) - misses, coalesced: (await count('coalesced')) - coalesced }
  }
  // So that all of them ask before the first has an answer.
  const slowly = { fault: 'latency', from: 'products-na', to: 'postgres-na', parameters: { delayMs: 200 }, forS: 60 }
  await control.injectFault({ body: { ...slowly, secret: false } })
  try {
    const together = await load()
    expect(together.misses).toBe(1)
    expect(together.coalesced).toBeGreaterThan(0)
    await control.setPolicy({ params: { name: 'singleFlight' }, body: { value: false } })
    const alone = await load()
    expect(alone.coalesced).toBe(0)
    expect(alone.misses).toBeGreaterThan(1)
  } finally {
    await control.clearFaults({})
  }
})

test('a timeout that is too short shows as timeouts of that caller, and in what customers get', async () => {
  const timeouts = () =>
    sum('gateway-na', 'http_client_request_duration_seconds_count', { callee: 'users', outcome: 'timeout' })
  const before = await timeouts()
  const set = await faultline('policy', 'set', 'timeoutMs', '1', '--caller', 'gateway', '--callee', 'users')
  expect(set).toMatchObject({ code: 0, stdout: 'timeoutMs of gateway → users: 1 ms (was 2000 ms)\n' })
  // To hash a password takes longer.
  expect((await shop().signUp()).status).toBeGreaterThanOrEqual(500)
  expect(await timeouts()).toBeGreaterThan(before)
  await faultline('policy', 'reset', 'timeoutMs')
  await until('a customer to be taken', async () => (await shop().signUp()).status === 201)
})

test('idempotency: one key orders once; when it is off, each request orders and charges again', async () => {
  const charged = () => sum('payments-1', 'shop_payments_total', { outcome: 'charged' })
  const customer = shop()
  await customer.signUp()
  const orderTwice = async () => {
    const key = randomUUID()
    const before = await charged()
    const ids = new Set<string>()
    for (let time = 0; time < 2; time++) {
      await customer.putIntoBasket('p-0001')
      const { status, body } = await customer.checkOut({ key })
      expect([200, 201]).toContain(status)
      ids.add(body.id)
    }
    return { orders: ids.size, charges: (await charged()) - before }
  }
  expect(await orderTwice()).toEqual({ orders: 1, charges: 1 })
  await faultline('policy', 'set', 'idempotency', 'off')
  expect(await orderTwice()).toEqual({ orders: 2, charges: 2 })
  await faultline('policy', 'reset', 'idempotency')
  expect(await orderTwice()).toEqual({ orders: 1, charges: 1 })
})

test('what the cluster has nobody for is refused, and says why', async () => {
  const refused = await faultline('policy', 'set', 'synchronousReplication', 'any')
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('no replica') })
  const unknown = await faultline('policy', 'set', 'timeoutMs', '99999999')
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('whole number of ms from 1 to 60000') })
})

test('changes are annotations with their time, outlive a restart of the node, and leave nothing behind when reset', async () => {
  const startMs = Date.now()
  await faultline('policy', 'set', 'rateLimit', 'on', '--kind', 'media')
  await control.setPolicies({
    body: {
      changes: [
        { name: 'rateLimitPerS', value: 0.1, kind: 'media' },
        { name: 'rateLimitBurst', value: 1, kind: 'media' },
      ],
    },
  })
  await control.restartNode({ params: { id: 'media-1' } })
  const page = `${await urlOf('media-1')}/images/p-0001.svg`
  expect(await statusesOf(3, page)).toContain(429)
  const { annotations } = await control.getAnnotations({})
  const change = annotations.find(({ text }) => text === 'rateLimit of media is true (was false)')
  expect(change?.kind).toBe('policy')
  expect(Date.parse(change?.time ?? '')).toBeGreaterThanOrEqual(startMs)
  await faultline('policy', 'reset', '--all')
  const { calls, kinds, cluster } = await control.getPolicies({ query: {} })
  expect([...calls, ...kinds, cluster].flatMap(({ changed }) => changed)).toEqual([])
  expect(await statusesOf(3, page)).not.toContain(429)
})
