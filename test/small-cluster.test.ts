// The shop as its customers and its operators meet it, on a real cluster of the small size.
import { randomUUID } from 'node:crypto'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCustomer, decliningCard, goodCard, type OrderBody } from './customer.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { readTrace, shapeFaults, type Trace } from './traces.ts'
import { until } from './until.ts'

let running: RunningCluster
let shop: string
let jaeger: string
beforeAll(async () => {
  running = await startTestCluster()
  shop = running.cluster.urls.shop
  jaeger = running.cluster.urls.jaeger
})
afterAll(() => running?.stop())

/** A customer with an account and one product in the basket. */
async function customerWithBasket() {
  const customer = createCustomer(shop)
  await customer.signUp()
  await customer.putIntoBasket('p-0001', 2)
  return customer
}

describe('one checkout is one trace', () => {
  let trace: Trace
  let order: OrderBody
  beforeAll(async () => {
    const customer = await customerWithBasket()
    const answer = await customer.checkOut()
    expect(answer.status).toBe(201)
    order = answer.body
    await until('the order is shipped', async () => (await customer.order(order.id)).body.status === 'shipped')
    trace = await until('the whole trace', async () => {
      const found = await readTrace(jaeger, answer.traceId)
      return found?.spans.some((span) => span.kind === 'consumer') && shapeFaults(found).length === 0 && found
    })
  })

  test('across every kind of node that it touches', () => {
    const services = new Set(trace.spans.map((span) => span.service))
    expect([...services].sort()).toEqual(
      ['edge', 'frontdoor', 'fulfilment', 'gateway', 'ledger', 'orders', 'payments', 'products'].sort(),
    )
  })

  test('with a client and a server span for each hop, and no orphans', () => {
    expect(shapeFaults(trace)).toEqual([])
    const hops = trace.spans
      .filter((span) => span.kind === 'server' && span.parentId !== undefined)
      .map((span) => `${trace.spans.find((parent) => parent.id === span.parentId)?.service}→${span.service}`)
    expect(new Set(hops)).toEqual(
      new Set([
        'frontdoor→edge',
        'edge→gateway',
        'gateway→orders',
        'orders→products',
        'orders→payments',
        'payments→ledger',
        'fulfilment→orders',
      ]),
    )
  })

  test('tied to the queue’s consumer by parent and link', () => {
    const producer = trace.spans.find((span) => span.kind === 'producer')
    const consumer = trace.spans.find((span) => span.kind === 'consumer')
    expect(producer).toMatchObject({ service: 'orders', name: 'send order-confirmed' })
    expect(consumer).toMatchObject({ service: 'fulfilment', name: 'process order-confirmed', parentId: producer?.id })
    expect(consumer?.links).toContainEqual({ traceId: trace.id, spanId: producer?.id })
    expect(consumer?.tags['messaging.message.id']).toBe(producer?.tags['messaging.message.id'])
  })

  test('named and attributed by the semantic conventions', () => {
    const server = trace.spans.find(
      (span) => span.kind === 'server' && span.service === 'orders' && span.name.startsWith('POST'),
    )
    expect(server).toMatchObject({
      name: 'POST /orders',
      node: 'orders-1',
      region: 'na',
      tags: {
        'http.route': '/orders',
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'customer.region': 'na',
      },
    })
    const client = trace.spans.find((span) => span.id === server?.parentId)
    expect(client).toMatchObject({
      name: 'POST /orders',
      tags: { 'server.address': 'orders', 'url.template': '/orders', 'faultline.callee.instance': 'orders-1' },
    })
    const charge = trace.spans.find((span) => span.name === 'INSERT charges')
    expect(charge?.tags).toMatchObject({
      'db.system.name': 'postgresql',
      'db.namespace': 'payments',
      'db.operation.name': 'INSERT',
      'db.collection.name': 'charges',
    })
  })

  test('with the text of statements and none of their values', () => {
    const statements = trace.spans.map((span) => span.tags['db.query.text']).filter((text) => text !== undefined)
    expect(statements.length).toBeGreaterThan(8)
    const all = JSON.stringify(trace)
    for (const secret of [goodCard.number, 'Lovelace', 'St James', 'correct horse']) expect(all).not.toContain(secret)
    expect(statements.join()).not.toContain(order.id)
  })

  test('with nothing from middleware, files, names or sockets', () => {
    const allowed =
      /^(GET|POST|PUT|DELETE) \/|^(SELECT|INSERT|UPDATE|DELETE|BEGIN|COMMIT)\b|^(send|process) order-confirmed$|^commit block$/
    expect(trace.spans.map((span) => span.name).filter((name) => !allowed.test(name))).toEqual([])
  })

  test('with its logs, by trace id', async () => {
    const lines = await until('the logs of three services', async () => {
      const response = await request(`${jaeger}/api/logs?traceID=${trace.id}`)
      const { data } = (await response.body.json()) as { data: { service: string; spanID: string }[] }
      return new Set(data.map((line) => line.service)).size >= 3 && data
    })
    const spans = new Set(trace.spans.map((span) => span.id))
    expect(lines.filter((line) => !spans.has(line.spanID))).toEqual([])
  })
})

describe('the shop', () => {
  test('browses, searches, shows a product with its picture, and recommends', async () => {
    const customer = createCustomer(shop)
    const page = await customer.send<{ items: { id: string; imageUrl: string; name: string }[]; total: number }>(
      'GET',
      '/api/products?limit=5&sort=price',
    )
    expect(page).toMatchObject({ status: 200, body: { limit: 5 } })
    expect(page.body.total).toBeGreaterThan(100)
    const [first] = page.body.items
    const word = first?.name.split(' ').at(-1) ?? ''
    const found = await customer.send<{ items: { name: string }[] }>('GET', `/api/search?q=${encodeURIComponent(word)}`)
    expect(found.body.items.length).toBeGreaterThan(0)
    const product = await customer.send<{ imageUrl: string }>('GET', `/api/products/${first?.id}`)
    const image = await customer.send<string>('GET', product.body.imageUrl)
    expect(image.headers['content-type']).toContain('image/svg+xml')
    expect(image.body).toMatch(/^<svg/)
    const beside = await customer.send<{ items: unknown[] }>('GET', `/api/products/${first?.id}/recommendations`)
    expect(beside.body.items.length).toBeGreaterThan(0)
    for (const answer of [page, found, product, image, beside]) {
      expect(answer.traceId).toMatch(/^[0-9a-f]{32}$/)
      expect(answer.headers.traceresponse).toContain(answer.traceId)
    }
  })

  test('serves the OpenAPI document of exactly the routes that it has', async () => {
    const { body } = await createCustomer(shop).send<{ openapi: string; paths: Record<string, object> }>(
      'GET',
      '/api/openapi.json',
    )
    expect(body.openapi).toMatch(/^3\.1/)
    expect(Object.keys(body.paths)).toContain('/api/checkout')
  })

  test('the same key orders once; a declined card orders nothing', async () => {
    const customer = await customerWithBasket()
    const key = randomUUID()
    const first = await customer.checkOut({ key })
    const second = await customer.checkOut({ key })
    expect(second.body.id).toBe(first.body.id)
    await customer.putIntoBasket('p-0002')
    const declined = await customer.checkOut({ card: decliningCard })
    expect(declined).toMatchObject({ status: 402, body: { code: 'card_declined' } })
  })

  test.each([
    ['GET', '/api/products?limit=1000', undefined, 400, 'limit'],
    ['GET', '/api/products/not-an-id', undefined, 400, 'productId'],
    ['GET', '/api/search', undefined, 400, 'q'],
    ['POST', '/api/users', { email: 'nobody', password: 'long enough', name: 'A' }, 400, 'email'],
    ['POST', '/api/users', '{"email":', 400, undefined],
    ['POST', '/api/sessions', { email: 'a@example.com', password: 'x'.repeat(70_000) }, 413, undefined],
    ['GET', '/api/nothing', undefined, 404, undefined],
    ['GET', '/api/products/p-9999', undefined, 404, undefined],
    ['GET', '/api/basket', undefined, 401, undefined],
    ['GET', '/images/../../../etc/passwd', undefined, 404, undefined],
  ] as const)('%s %s is refused (case %#)', async (method, path, body, status, field) => {
    const answer = await createCustomer(shop).send<{ status: number; errors?: { field: string }[] }>(method, path, body)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.body.status).toBe(status)
    if (field) expect(answer.body.errors?.map((error) => error.field)).toContain(field)
    expect(JSON.stringify(answer.body)).not.toMatch(/\bat \w.*:\d+:\d+|node_modules/)
  })

  test('a checkout without idempotency key is refused and names the header', async () => {
    const customer = await customerWithBasket()
    const answer = await customer.send<{ errors: { field: string }[] }>('POST', '/api/checkout', {
      card: goodCard,
      address: {},
    })
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map((error) => error.field)).toContain('idempotency-key')
  })
})
