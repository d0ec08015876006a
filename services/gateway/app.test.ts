import { afterEach, beforeEach, expect, test } from 'vitest'
import { captureLog } from '../../test/captured-log.ts'
import { type FakeAnswer, type FakeCaller, fails, fakeCaller } from '../../test/fake-caller.ts'
import { type Served, serve } from '../../test/serve.ts'
import { createSessions } from '../kit/sessions.ts'
import { createOrdersClient } from '../orders/client.ts'
import type { Order, OrderStatus, RefusalReason } from '../orders/contract.ts'
import { createProductsClient } from '../products/client.ts'
import { createRecommendationsClient } from '../recommendations/client.ts'
import { createUsersClient } from '../users/client.ts'
import { createApp } from './app.ts'

const userId = '6f1f2c1e-5f3a-4f0a-9d43-0d7e5a1c9b11'
const orderId = '0b0f6a52-7d2c-4a43-8a3e-1f6f2f6b7c10'
const sessions = createSessions('a-secret-of-this-test-of-at-least-32-bytes')
const user = { id: userId, email: 'a@example.com', name: 'Ada', region: 'eu' }
const product = { id: 'p-0001', name: 'Cup', stock: 3 }
const page = { items: [product], total: 1, offset: 0, limit: 24 }
const basket = { items: [{ productId: 'p-0001', quantity: 2 }] }
const order = (
  status: OrderStatus,
  refusal: RefusalReason | null = null,
  refusedProductId: string | null = null,
): Order => ({
  id: orderId,
  userId,
  status,
  refusal,
  refusedProductId,
  lines: [],
  totalCents: 0,
  currency: 'USD',
  createdAt: '2026-01-01T00:00:00.000Z',
  trackingNumber: null,
  readAfter: status.endsWith('pending') ? null : '0/16B3748',
})

const checkoutBody = {
  card: { number: '4242424242424242', expiryMonth: 12, expiryYear: 2030, cvc: '987' },
  address: { name: 'Ada', street: 'Main Street 1', city: 'Paris', postalCode: '75001', country: 'FR' },
}
const idempotencyKey = { 'idempotency-key': 'key-12345678' }

let app: Served
let callees: Record<'products' | 'users' | 'recommendations' | 'orders', FakeCaller>
let bearer: { authorization: string }
const answers: Record<string, FakeAnswer | (() => FakeAnswer | Promise<FakeAnswer>)> = {}
const { log, lines } = captureLog()

beforeEach(async () => {
  lines.length = 0
  Object.assign(answers, {
    'GET /products': { body: page },
    'GET /products/:productId': { body: product },
    'GET /categories': { body: { items: [] } },
    'GET /recommendations': { body: { items: [], source: 'category' } },
    'POST /users': { status: 201, body: { user, token: 't', expiresAt: 'soon' } },
    'POST /sessions': { status: 201, body: { user, token: 't', expiresAt: 'soon' } },
    'GET /users/:userId': { body: user },
    'GET /baskets/:userId': { body: basket },
    'PUT /baskets/:userId/items/:productId': { body: basket },
    'DELETE /baskets/:userId/items/:productId': { body: { items: [] } },
    'POST /orders': { body: order('confirmed') },
    'GET /orders': { body: { items: [order('confirmed')] } },
    'GET /orders/:orderId': { body: order('shipped') },
  })
  callees = {
    products: fakeCaller('products', answers),
    users: fakeCaller('users', answers),
    recommendations: fakeCaller('recommendations', answers),
    orders: fakeCaller('orders', answers),
  }
  bearer = { authorization: `Bearer ${(await sessions.issue({ id: userId, region: 'eu' })).token}` }
  app = await serve(
    createApp({
      products: createProductsClient(callees.products),
      users: createUsersClient(callees.users),
      recommendations: createRecommendationsClient(callees.recommendations),
      orders: createOrdersClient(callees.orders),
      sessions,
      log,
    }),
  )
})
afterEach(() => app.close())

const checkout = (headers: Record<string, string> = idempotencyKey, body: unknown = checkoutBody) =>
  app.send('POST', '/api/checkout', { headers: { ...bearer, ...headers }, body })

test.each([
  [
    '/api/products?category=audio&sort=-rating&limit=5',
    'products',
    '/products?category=audio&sort=-rating&limit=5&offset=0',
  ],
  ['/api/search?q=%20red%20cup', 'products', '/products?sort=relevance&limit=24&offset=0&search=red+cup'],
  ['/api/products/p-0001', 'products', '/products/p-0001'],
  ['/api/categories', 'products', '/categories'],
  ['/api/products/p-0001/recommendations?limit=3', 'recommendations', '/recommendations?productId=p-0001&limit=3'],
] as const)('GET %s asks %s for %s, and anyone may keep the answer for a moment', async (path, callee, asked) => {
  const answer = await app.send('GET', path)
  expect(answer.status).toBe(200)
  expect(callees[callee].requests.map((request) => request.path)).toEqual([asked])
  expect(answer.headers).toMatchObject({
    'cache-control': 'public, max-age=5, stale-if-error=600',
    vary: 'x-read-after',
    etag: expect.stringMatching(/^"/),
  })

  const etag = String(answer.headers.etag)
  const again = await app.send('GET', path, { headers: { 'if-none-match': etag } })
  expect(again).toMatchObject({ status: 304, text: '' })
  expect(again.headers).toMatchObject({ etag, 'cache-control': answer.headers['cache-control'] })
  expect(await app.send('GET', path, { headers: { 'if-none-match': '"other"' } })).toMatchObject({ status: 200 })
})

test('a read after a write is passed on, and kept by nobody', async () => {
  const answer = await app.send('GET', '/api/products/p-0001', { headers: { 'x-read-after': '0/16B3748' } })
  expect(answer.headers['cache-control']).toBe('private, no-store')
  expect(callees.products.requests[0]?.headers).toEqual({ 'x-read-after': '0/16B3748' })
})

test('errors are kept by nobody', async () => {
  answers['GET /products/:productId'] = { status: 404, body: { code: 'not_found' } }
  for (const path of ['/api/products/p-0001', '/api/nothing', '/api/products/x']) {
    const answer = await app.send('GET', path)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.headers['cache-control']).toBe('private, no-store')
  }
})

test.each([
  ['POST', '/api/users', { email: 'A@Example.com', password: 'correct horse', name: 'Ada' }],
  ['POST', '/api/sessions', { email: 'a@example.com', password: 'correct horse' }],
] as const)('%s %s hands the session on', async (method, path, body) => {
  const answer = await app.send(method, path, { body })
  expect(answer).toMatchObject({
    status: 201,
    json: { user, token: 't' },
    headers: { 'cache-control': 'private, no-store' },
  })
  expect(JSON.parse(String(callees.users.requests[0]?.body))).toMatchObject({ email: 'a@example.com' })
})

test.each([
  ['GET', '/api/me', undefined, user],
  ['GET', '/api/basket', undefined, basket],
  ['PUT', '/api/basket/items/p-0001', { quantity: 2 }, basket],
  ['DELETE', '/api/basket/items/p-0001', undefined, { items: [] }],
  ['GET', '/api/orders', undefined, { items: [order('confirmed')] }],
  ['GET', `/api/orders/${orderId}`, undefined, order('shipped')],
])('%s %s is for the customer of the session, and for nobody else', async (method, path, body, expected) => {
  const answer = await app.send(method, path, { headers: bearer, body })
  expect(answer).toMatchObject({ status: 200, json: expected, headers: { 'cache-control': 'private, no-store' } })
  const asked = [...callees.users.requests, ...callees.orders.requests]
  expect(asked).toHaveLength(1)
  expect(asked[0]?.path).toContain(userId)

  const anonymous = await app.send(method, path, { body })
  expect(anonymous).toMatchObject({ status: 401, json: { code: 'session_missing' } })
  expect(anonymous.headers['www-authenticate']).toBe('Bearer realm="faultline"')
  expect([...callees.users.requests, ...callees.orders.requests]).toHaveLength(1)
})

test.each(['Bearer x.y.z', 'Bearer', 'Basic YTpi', 'Bearer a b', `Bearer ${'x'.repeat(5_000)}`])(
  'the session %.40s is refused before the request is looked at',
  async (authorization) => {
    const answer = await app.send('POST', '/api/checkout', { headers: { authorization }, body: {} })
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toContain('Bearer realm="faultline"')
  },
)

test('an expired session is refused', async () => {
  const yesterday = createSessions('a-secret-of-this-test-of-at-least-32-bytes', () => Date.now() - 86_400_000)
  const { token } = await yesterday.issue({ id: userId, region: 'eu' })
  const answer = await app.send('GET', '/api/me', { headers: { authorization: `Bearer ${token}` } })
  expect(answer).toMatchObject({ status: 401, json: { code: 'session_invalid' } })
  expect(answer.headers['www-authenticate']).toContain('error="invalid_token"')
})

test('a product that does not exist does not get into the basket', async () => {
  answers['GET /products/:productId'] = {
    status: 404,
    body: { type: 'about:blank', title: 'x', status: 404, code: 'not_found', detail: 'product p-9999 does not exist' },
  }
  const answer = await app.send('PUT', '/api/basket/items/p-9999', { headers: bearer, body: { quantity: 1 } })
  expect(answer).toMatchObject({ status: 404, json: { code: 'not_found', detail: 'product p-9999 does not exist' } })
  expect(callees.orders.requests).toEqual([])
})

test.each([
  ['confirmed', 201],
  ['shipped', 201],
  ['pending', 202],
  ['payment_pending', 202],
] as const)('a checkout that is %s is a %i with the place of its order', async (status, expected) => {
  answers['POST /orders'] = { body: order(status) }
  const answer = await checkout()
  expect(answer).toMatchObject({ status: expected, json: { id: orderId, status } })
  expect(answer.headers.location).toBe(`/api/orders/${orderId}`)
  expect(answer.headers['x-read-after']).toBe(expected === 202 ? undefined : '0/16B3748')
  const [asked] = callees.orders.requests
  expect(asked).toMatchObject({ path: '/orders', idempotent: true, headers: idempotencyKey })
  expect(JSON.parse(String(asked?.body))).toEqual({ ...checkoutBody, userId })
})

test.each([
  ['card_declined', 402, null],
  ['insufficient_funds', 402, null],
  ['expired_card', 402, null],
  ['invalid_number', 402, null],
  ['out_of_stock', 409, 'p-0007'],
  ['unknown_product', 409, 'p-0007'],
  ['interrupted', 409, null],
] as const)('a checkout refused for %s is a %i that names the order', async (reason, status, productId) => {
  answers['POST /orders'] = { body: order('refused', reason, productId) }
  const answer = await checkout()
  expect(answer).toMatchObject({ status, json: { status, code: reason, orderId } })
  if (productId) expect(answer.json).toMatchObject({ productId, detail: expect.stringContaining(productId) })
  else expect(answer.json).not.toHaveProperty('productId')
})

test('the position of an order’s effects is on the answer about the order, too', async () => {
  const answer = await app.send('GET', `/api/orders/${orderId}`, { headers: bearer })
  expect(answer.headers['x-read-after']).toBe('0/16B3748')
})

test.each([
  [
    'POST',
    '/api/users',
    { email: 'no', password: 'short', name: ' ', region: 'moon' },
    ['email', 'password', 'name', 'region'],
  ],
  ['POST', '/api/sessions', { email: 'a@example.com' }, ['password']],
  ['GET', '/api/search', undefined, ['q']],
  ['GET', '/api/search?q=%20', undefined, ['q']],
  ['GET', '/api/products?limit=61&offset=-1&sort=colour', undefined, ['sort', 'limit', 'offset']],
  ['GET', '/api/products/cup', undefined, ['productId']],
  ['GET', '/api/orders/7', undefined, ['orderId']],
  ['PUT', '/api/basket/items/p-0001', { quantity: 21 }, ['quantity']],
  ['PUT', '/api/basket/items/p-0001', { quantity: 'two' }, ['quantity']],
  [
    'POST',
    '/api/checkout',
    { ...checkoutBody, card: { ...checkoutBody.card, number: '4242-4242', cvc: '' } },
    ['idempotency-key', 'card.number', 'card.cvc'],
  ],
  ['POST', '/api/checkout', { card: checkoutBody.card }, ['idempotency-key', 'address']],
])('%s %s with %j is a 400 that names the fields', async (method, path, body, fields) => {
  const answer = await app.send(method, path, { headers: bearer, body })
  expect(answer.status).toBe(400)
  expect((answer.json as { errors: { field: string }[] }).errors.map(({ field }) => field)).toEqual(fields)
  for (const { requests } of Object.values(callees)) expect(requests).toEqual([])
})

test('what is not JSON, too large or nowhere is refused', async () => {
  expect(await checkout(idempotencyKey, '{"card":')).toMatchObject({ status: 400 })
  expect(await checkout({ ...idempotencyKey, 'content-type': 'text/plain' }, 'x')).toMatchObject({ status: 415 })
  expect(await checkout(idempotencyKey, { ...checkoutBody, more: 'x'.repeat(70_000) })).toMatchObject({ status: 413 })
  expect(await app.send('GET', '/api/admin')).toMatchObject({ status: 404, json: { code: 'unknown_route' } })
  expect(await app.send('DELETE', '/api/products')).toMatchObject({ status: 404 })
})

test.each([
  ['no replica', fails('orders', 'no_endpoint'), 503, 'callee_unavailable'],
  ['a timeout', fails('orders', 'timeout'), 504, 'deadline_exceeded'],
  ['a failure', { status: 500, body: { detail: 'stack' } }, 502, 'callee_failed'],
  [
    'a refusal',
    { status: 409, body: { type: 'about:blank', title: 'x', status: 409, code: 'basket_empty', detail: 'empty' } },
    409,
    'basket_empty',
  ],
] as const)('%s of a service behind is passed on as a problem', async (_what, answer, status, code) => {
  answers['POST /orders'] = answer
  expect(await checkout()).toMatchObject({ status, json: { code } })
})

test('a slow service behind is cut off by what the caller has left', async () => {
  answers['GET /products/:productId'] = () => new Promise(() => {})
  const answer = await app.send('GET', '/api/products/p-0001', { headers: { 'x-deadline-ms': '50' } })
  expect(answer).toMatchObject({ status: 504, json: { code: 'deadline_exceeded' } })
})

test('cards and passwords reach neither the log nor an answer, whatever goes wrong', async () => {
  const secrets = { number: '4242424242424242', cvc: '98765', password: 'hunter2-hunter2' }
  const bad = { ...checkoutBody, card: { ...checkoutBody.card, cvc: secrets.cvc } }
  const { number, password } = secrets
  answers['POST /sessions'] = () => {
    throw new Error('a fault')
  }
  const received = [
    await checkout(idempotencyKey, bad),
    await checkout(idempotencyKey, `{"card":{"number":"${number}"`),
    await checkout(idempotencyKey, { ...bad, card: `${number}` }),
    await checkout({ 'idempotency-key': `${number}!` }, checkoutBody),
    await app.send('POST', '/api/sessions', { body: { email: password, password } }),
    await app.send('POST', '/api/sessions', { body: { email: 'a@example.com', password } }),
  ]
  for (const reason of ['card_declined', 'invalid_number'] as const) {
    answers['POST /orders'] = { body: order('refused', reason) }
    received.push(await checkout())
  }
  answers['POST /orders'] = { status: 500 }
  received.push(await checkout())
  answers['POST /orders'] = fails('orders', 'reset')
  received.push(await checkout())

  expect(received.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 500, 402, 402, 502, 503])
  const told = received.map(({ text, headers }) => text + JSON.stringify(headers)).join()
  expect(lines.length).toBeGreaterThan(0)
  for (const secret of Object.values(secrets)) {
    expect(told).not.toContain(secret)
    expect(lines.join()).not.toContain(secret)
  }
})

test('the API documents itself', async () => {
  const { status, json, headers } = await app.send('GET', '/api/openapi.json')
  expect(status).toBe(200)
  expect(json).toMatchObject({ openapi: '3.1.0', paths: { '/api/checkout': { post: {} } } })
  expect(headers['cache-control']).toBe('public, max-age=300')
  expect(await app.send('GET', '/api')).toMatchObject({ status: 302, headers: { location: '/api/openapi.json' } })
})
