import { afterEach, beforeEach, expect, test } from 'vitest'
import { captureLog } from '../../test/captured-log.ts'
import { type Served, serve } from '../../test/serve.ts'
import { createApp } from './app.ts'
import type { Product, ReservationOutcome } from './contract.ts'
import type { ProductStore } from './store.ts'

const cup: Product = {
  id: 'p-0001',
  name: 'Cup',
  category: 'kitchen',
  brand: 'Lumen',
  priceCents: 1_200,
  currency: 'USD',
  rating: 4.5,
  imageUrl: '/images/p-0001.svg',
  description: 'Holds tea.',
  stock: 3,
  tags: ['tea'],
}
const orderId = '0b0f6a52-7d2c-4a43-8a3e-1f6f2f6b7c10'
const lines = [{ productId: 'p-0001', name: 'Cup', quantity: 1, unitPriceCents: 1_200 }]

let app: Served
let asked: unknown[]
let outcome: ReservationOutcome

beforeEach(async () => {
  asked = []
  outcome = { kind: 'reserved', lines, totalCents: 1_200, readAfter: '0/1' }
  const store: ProductStore = {
    async listProducts(query, readAfter) {
      asked.push(query, readAfter)
      return { items: [], total: 0, offset: query.offset, limit: query.limit }
    },
    async getProducts(ids, readAfter) {
      asked.push(ids, readAfter)
      return [cup]
    },
    async getProduct(id, readAfter) {
      asked.push(id, readAfter)
      return id === cup.id ? cup : undefined
    },
    listCategories: async () => [{ id: 'kitchen', name: 'Kitchen', products: 1 }],
    async reserveStock(id, items) {
      asked.push(id, items)
      return outcome
    },
    async releaseStock(id) {
      asked.push(id)
    },
  }
  app = await serve(createApp({ store, log: captureLog().log }))
})
afterEach(() => app.close())

const readAfter = { headers: { 'x-read-after': '0/16B3748' } }

test('a list has defaults, and takes every setting', async () => {
  expect(await app.send('GET', '/products')).toMatchObject({ status: 200, json: { items: [], total: 0, limit: 24 } })
  await app.send('GET', '/products?category=kitchen&search=%20cup&sort=-price&limit=5&offset=10', readAfter)
  expect(asked).toEqual([
    { sort: 'relevance', limit: 24, offset: 0 },
    undefined,
    { category: 'kitchen', search: 'cup', sort: '-price', limit: 5, offset: 10 },
    '0/16B3748',
  ])
})

test('a product, several, and all categories', async () => {
  expect(await app.send('GET', '/products/p-0001', readAfter)).toMatchObject({ status: 200, json: cup })
  expect(await app.send('GET', '/products/batch?ids=p-0002,p-0001')).toMatchObject({ json: { items: [cup] } })
  expect(asked).toEqual(['p-0001', '0/16B3748', ['p-0002', 'p-0001'], undefined])
  expect(await app.send('GET', '/categories')).toMatchObject({ json: { items: [{ id: 'kitchen', products: 1 }] } })
})

test('an unknown product is a 404', async () => {
  const answer = await app.send('GET', '/products/p-9999')
  expect(answer).toMatchObject({ status: 404, json: { code: 'not_found', detail: 'product p-9999 does not exist' } })
})

const reserve = (items: unknown) => app.send('PUT', `/reservations/${orderId}`, { body: { items } })

test('a reservation’s outcome is an answer, refusals included', async () => {
  expect(await reserve([{ productId: 'p-0001', quantity: 1 }])).toMatchObject({ status: 200, json: outcome })
  outcome = { kind: 'out_of_stock', productId: 'p-0001', available: 0 }
  expect(await reserve([{ productId: 'p-0001', quantity: 1 }])).toMatchObject({ status: 200, json: outcome })
  const release = await app.send('DELETE', `/reservations/${orderId}`)
  expect(release).toMatchObject({ status: 200, json: { kind: 'released' } })
  expect(asked.at(-1)).toBe(orderId)
})

test.each([
  [[], ['items']],
  ['all', ['items']],
  [[{ productId: 'cup', quantity: 0 }], ['items.0.productId', 'items.0.quantity']],
  [[{ productId: 'p-0001', quantity: 1.5 }], ['items.0.quantity']],
  [Array.from({ length: 31 }, (_, index) => ({ productId: `p-${1000 + index}`, quantity: 1 })), ['items']],
  [
    [
      { productId: 'p-0001', quantity: 1 },
      { productId: 'p-0001', quantity: 2 },
    ],
    ['items'],
  ],
])('the reservation of %j is a 400 that names the fields', async (items, fields) => {
  const answer = await reserve(items)
  expect(answer.status).toBe(400)
  expect((answer.json as { errors: { field: string }[] }).errors.map(({ field }) => field)).toEqual(fields)
  expect(asked).toEqual([])
})

test.each([
  ['GET', '/products?limit=0', 'limit'],
  ['GET', '/products?sort=colour', 'sort'],
  ['GET', '/products?search=%20', 'search'],
  ['GET', '/products/batch', 'ids'],
  ['GET', '/products/batch?ids=p-0001,', 'ids.1'],
  ['GET', `/products/batch?ids=${Array.from({ length: 61 }, () => 'p-0001').join(',')}`, 'ids'],
  ['GET', '/products/7', 'productId'],
  ['DELETE', '/reservations/7', 'orderId'],
])('%s %s is a 400 that names %s', async (method, path, field) => {
  expect(await app.send(method, path)).toMatchObject({ status: 400, json: { errors: [{ field }] } })
})

test('a position that is none is a 400', async () => {
  const answer = await app.send('GET', '/products', { headers: { 'x-read-after': "0/1'; --" } })
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ field: 'x-read-after' }] } })
})
