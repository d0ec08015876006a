import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, type ContextManager, context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { afterEach, expect, test } from 'vitest'
import { captureLog } from '../../test/captured-log.ts'
import { fails, fakeCaller } from '../../test/fake-caller.ts'
import { type Served, serve } from '../../test/serve.ts'
import { createApp } from './app.ts'

let frontdoor: Served
afterEach(async () => {
  context.disable()
  await frontdoor?.close()
})

type Answers = Parameters<typeof fakeCaller>[1]

async function startFrontdoor(answers: Answers) {
  const edges = { na: fakeCaller('edge', answers), eu: fakeCaller('edge', answers), asia: fakeCaller('edge', answers) }
  frontdoor = await serve(createApp({ edges, log: captureLog().log }))
  return edges
}

const ok: Answers = {
  'GET /api/*path': {
    body: { items: [] },
    headers: { 'x-served-by-region': 'eu', 'cache-status': 'edge-eu; hit; ttl=4' },
  },
  'GET /images/:file': { body: '<svg/>' },
  'GET /{*path}': { body: 'page' },
  'POST /api/*path': { status: 201, body: { id: 1 } },
}

test('a customer is handed to the edge of their region, everything as it was', async () => {
  const edges = await startFrontdoor(ok)
  const headers = { 'x-customer-region': 'eu', authorization: 'Bearer t', 'idempotency-key': 'abcdefgh' }
  const answer = await frontdoor.send('POST', '/api/checkout?x=1', { body: { a: 1 }, headers })
  expect(answer).toMatchObject({ status: 201, json: { id: 1 } })
  expect(edges.eu.requests).toMatchObject([
    { method: 'POST', path: '/api/checkout?x=1', route: '/api/*path', headers, idempotent: true },
  ])
  expect(String(edges.eu.requests[0]?.body)).toBe('{"a":1}')
  expect([edges.na.requests, edges.asia.requests]).toEqual([[], []])
})

test('what the edge says about itself comes back', async () => {
  await startFrontdoor(ok)
  const { headers } = await frontdoor.send('GET', '/api/products', { headers: { 'x-customer-region': 'eu' } })
  expect(headers).toMatchObject({ 'x-served-by-region': 'eu', 'cache-status': 'edge-eu; hit; ttl=4' })
})

test('who does not say where they are is at home, and pages and pictures are handed over, too', async () => {
  const edges = await startFrontdoor(ok)
  for (const path of ['/', '/shipping', '/images/p-0001.svg', '/api/products']) {
    expect((await frontdoor.send('GET', path)).status).toBe(200)
  }
  expect(edges.na.requests.map(({ route }) => route)).toEqual(['/{*path}', '/{*path}', '/images/:file', '/api/*path'])
})

test.each(['mars', 'EU', 'na,eu', 'global'])(
  'an unknown region (%s) is a 400 that names the header',
  async (region) => {
    const edges = await startFrontdoor(ok)
    const { status, json } = await frontdoor.send('GET', '/', { headers: { 'x-customer-region': region } })
    expect(status).toBe(400)
    expect(json).toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'x-customer-region', message: 'must be one of na, eu, asia' }],
    })
    expect(Object.values(edges).flatMap(({ requests }) => requests)).toEqual([])
  },
)

test('a POST without a key is not to be repeated', async () => {
  const edges = await startFrontdoor(ok)
  await frontdoor.send('POST', '/api/users', { body: {} })
  expect(edges.na.requests).toMatchObject([{ idempotent: false }])
})

test('no edge is a 503 problem', async () => {
  await startFrontdoor({ 'GET /{*path}': fails('edge', 'no_endpoint') })
  expect(await frontdoor.send('GET', '/')).toMatchObject({ status: 503, json: { code: 'callee_unavailable' } })
})

test('the customer’s region travels as baggage, and theirs does not', async () => {
  const storage = new AsyncLocalStorage<Context>()
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, self, ...args) => storage.run(active, () => work.call(self as never, ...args)),
    bind: (_context, target) => target,
    enable: () => manager,
    disable: () => manager,
  }
  context.setGlobalContextManager(manager)
  let baggage: unknown
  const edges = await startFrontdoor({
    'GET /{*path}': () => {
      baggage = propagation.getActiveBaggage()?.getAllEntries()
      return {}
    },
  })
  await frontdoor.send('GET', '/', { headers: { 'x-customer-region': 'asia', baggage: 'customer.region=na,evil=1' } })
  expect(baggage).toEqual([['customer.region', { value: 'asia' }]])
  expect(edges.asia.requests[0]?.headers).not.toHaveProperty('baggage')
})
