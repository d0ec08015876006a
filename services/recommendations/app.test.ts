import { afterEach, expect, test } from 'vitest'
import { captureLog } from '../../test/captured-log.ts'
import { type FakeAnswer, fails, fakeCaller } from '../../test/fake-caller.ts'
import { type Served, serve } from '../../test/serve.ts'
import type { CallRequest } from '../kit/calls/caller.ts'
import { createOrdersClient } from '../orders/client.ts'
import { createProductsClient } from '../products/client.ts'
import type { Product } from '../products/contract.ts'
import { createApp } from './app.ts'

const product = (number: number, stock = 5): Product => ({
  id: `p-000${number}`,
  name: `Product ${number}`,
  category: 'audio',
  brand: 'Lumen',
  priceCents: 100 * number,
  currency: 'USD',
  rating: 4,
  imageUrl: `/images/p-000${number}.svg`,
  description: 'A product',
  stock,
  tags: ['x'],
})
const catalogue = [product(1), product(2), product(3, 0), product(4), product(5)]

let app: Served | undefined
afterEach(() => app?.close())

type OrdersAnswer = FakeAnswer | ((request: CallRequest) => FakeAnswer | Promise<FakeAnswer>)

async function start(ordersAnswer: OrdersAnswer, productsAnswers: Record<string, FakeAnswer> = {}) {
  const orders = fakeCaller('orders', { 'GET /bought-together/:productId': ordersAnswer })
  const products = fakeCaller('products', {
    'GET /products/batch': ({ path }) => {
      const ids = new URLSearchParams(path.split('?')[1]).get('ids')?.split(',') ?? []
      return { body: { items: ids.flatMap((id) => catalogue.find((item) => item.id === id) ?? []) } }
    },
    'GET /products': { body: { items: catalogue, total: 5, offset: 0, limit: 5 } },
    ...productsAnswers,
  })
  const { log, lines } = captureLog()
  app = await serve(createApp({ orders: createOrdersClient(orders), products: createProductsClient(products), log }))
  const get = (query: string) => app!.send('GET', `/recommendations?${query}`)
  return { get, orders, products, lines }
}

const together = (...ids: string[]): FakeAnswer => ({
  body: { items: ids.map((productId, index) => ({ productId, orders: 9 - index })) },
})

const idsOf = (json: unknown) => (json as { items: { id: string }[] }).items.map(({ id }) => id)

test('what was bought together comes in its order, without what is sold out or gone, in one batch', async () => {
  const { get, orders, products } = await start(together('p-0004', 'p-0003', 'p-9999', 'p-0002', 'p-0005'))
  const { status, json } = await get('productId=p-0001&limit=2')
  expect(status).toBe(200)
  expect(json).toMatchObject({ source: 'bought_together' })
  expect(idsOf(json)).toEqual(['p-0004', 'p-0002'])
  expect(json).not.toMatchObject({ items: [{ description: expect.anything() }] })
  expect(orders.requests.map(({ path }) => path)).toEqual(['/bought-together/p-0001?limit=6'])
  expect(products.requests).toHaveLength(1)
})

test.each<[string, OrdersAnswer]>([
  ['knows nothing', together()],
  ['knows only what is sold out', together('p-0003')],
  ['answers with a failure', { status: 500 }],
  ['is not there', fails('orders', 'no_endpoint')],
  ['is cut off', fails('orders', 'breaker_open')],
  ['does not answer in time', () => new Promise(() => {})],
])('when orders %s, the category answers', async (_what, answer) => {
  const { get, products } = await start(answer)
  const { status, json } = await get('productId=p-0001&limit=3')
  expect(status).toBe(200)
  expect(json).toMatchObject({ source: 'category' })
  expect(idsOf(json)).toEqual(['p-0002', 'p-0003', 'p-0004'])
  expect(products.requests.map(({ path }) => path).at(-1)).toBe('/products?category=audio&sort=-rating&limit=4')
})

test('a fallback for a fault is in the log, one for silence of the orders is not', async () => {
  const faulty = await start({ status: 500 })
  await faulty.get('productId=p-0001')
  expect(faulty.lines).toHaveLength(1)
  expect(faulty.lines[0]).toContain('recommending from the category')
  await app?.close()
  const silent = await start(together())
  await silent.get('productId=p-0001')
  expect(silent.lines).toEqual([])
})

test('an unknown product is a 404', async () => {
  const { get } = await start(together())
  expect(await get('productId=p-7777')).toMatchObject({ status: 404, json: { code: 'not_found' } })
})

test('without products there is no recommendation', async () => {
  const { get } = await start(together('p-0002'), { 'GET /products/batch': { status: 503 } })
  expect(await get('productId=p-0001')).toMatchObject({ status: 503, json: { code: 'callee_failed' } })
})

test.each([
  ['', 'productId'],
  ['productId=1', 'productId'],
  ['productId=p-0001&limit=0', 'limit'],
  ['productId=p-0001&limit=many', 'limit'],
])('the query %j is a 400 that names %s', async (query, field) => {
  const { get, orders } = await start(together())
  expect(await get(query)).toMatchObject({ status: 400, json: { errors: [{ field }] } })
  expect(orders.requests).toEqual([])
})
