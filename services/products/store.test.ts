import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import type { ListQuery } from './domain.ts'
import { createProductStore, schemaSql } from './store.ts'

const db = withDatabase(schemaSql, { poolSize: 12 })
let store: ReturnType<typeof createProductStore>

const catalogue = [
  ['p-0001', 'Coffee Grinder Steel', 'kitchen', 'Lumen', 'Grinds beans evenly.', 8_900, 4.5, ['coffee', 'manual'], 10],
  ['p-0002', 'Coffee Cup', 'kitchen', 'Stilla', 'For espresso.', 1_200, 4.1, ['coffee'], 10],
  ['p-0003', 'Bookshelf Speaker', 'audio', 'Wavecraft', 'Goes well with coffee.', 19_900, 4.9, ['music'], 1],
  ['p-0004', 'Crème Brûlée Set', 'kitchen', 'Lumen', 'Six dishes and a torch.', 3_400, 3.9, ['dessert'], 0],
] as const

beforeEach(async () => {
  store = createProductStore(db.database)
  await db.database.query('TRUNCATE reservation_lines, reservations, products, categories')
  await db.database.query(
    `INSERT INTO categories VALUES ('kitchen', 'Kitchen'), ('audio', 'Audio'), ('garden', 'Garden')`,
  )
  for (const [id, name, category, brand, description, price, rating, tags, onHand] of catalogue) {
    await db.database.query(
      `INSERT INTO products (id, name, category, brand, description, price_cents, rating, tags, image_url, on_hand)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [id, name, category, brand, description, price, rating, tags, `/images/${id}.svg`, onHand],
    )
  }
})

const list = async (query: Partial<ListQuery>) => {
  const page = await store.listProducts({ sort: 'relevance', limit: 24, offset: 0, ...query })
  return { ids: page.items.map(({ id }) => id), total: page.total }
}
const stockOf = async (id: string) => (await store.getProduct(id))?.stock
const item = (productId: string, quantity = 1) => ({ productId, quantity })

test('the schema can be applied again', async () => {
  await db.database.query(schemaSql)
  expect((await list({})).total).toBe(4)
})

test('a product is read as the contract has it', async () => {
  expect(await store.getProduct('p-0001')).toEqual({
    id: 'p-0001',
    name: 'Coffee Grinder Steel',
    category: 'kitchen',
    brand: 'Lumen',
    description: 'Grinds beans evenly.',
    priceCents: 8_900,
    currency: 'USD',
    rating: 4.5,
    imageUrl: '/images/p-0001.svg',
    stock: 10,
    tags: ['coffee', 'manual'],
  })
  expect(await store.getProduct('p-9999')).toBeUndefined()
  expect((await store.getProducts(['p-0003', 'p-9999', 'p-0001'])).map(({ id }) => id)).toEqual(['p-0003', 'p-0001'])
  expect(await store.listCategories()).toEqual([
    { id: 'audio', name: 'Audio', products: 1 },
    { id: 'garden', name: 'Garden', products: 0 },
    { id: 'kitchen', name: 'Kitchen', products: 3 },
  ])
})

test.each<[Partial<ListQuery>, string[], number]>([
  [{}, ['p-0003', 'p-0001', 'p-0002', 'p-0004'], 4],
  [{ category: 'kitchen', sort: 'price' }, ['p-0002', 'p-0004', 'p-0001'], 3],
  [{ category: 'kitchen', sort: '-price' }, ['p-0001', 'p-0004', 'p-0002'], 3],
  [{ sort: '-rating', limit: 2 }, ['p-0003', 'p-0001'], 4],
  [{ sort: 'name', limit: 2, offset: 1 }, ['p-0002', 'p-0001'], 4],
  [{ offset: 100 }, [], 4],
  [{ category: 'nowhere' }, [], 0],
  [{ search: 'coffee', sort: 'price' }, ['p-0002', 'p-0001', 'p-0003'], 3],
  [{ search: 'grinders' }, ['p-0001'], 1],
  [{ search: 'cof', category: 'audio' }, ['p-0003'], 1],
  [{ search: 'coffee esp' }, ['p-0002'], 1],
  [{ search: 'wavecraft' }, ['p-0003'], 1],
  [{ search: 'dessert' }, ['p-0004'], 1],
  [{ search: 'crème' }, ['p-0004'], 1],
  [{ search: 'coffee', offset: 50 }, [], 3],
  [{ search: 'teapot' }, [], 0],
  [{ search: '!!!' }, [], 0],
  [{ search: 'the' }, [], 0],
  [{ search: "'); DROP TABLE products; --" }, [], 0],
])('the list %j is %j of %i', async (query, ids, total) => {
  expect(await list(query)).toEqual({ ids, total })
})

test('a word in the name counts for more than one in the description', async () => {
  const { ids } = await list({ search: 'coffee' })
  expect(ids).toHaveLength(3)
  expect(ids.at(-1)).toBe('p-0003')
})

test('a reservation takes stock once, however often it is asked for', async () => {
  const orderId = randomUUID()
  const items = [item('p-0002', 2), item('p-0001', 3)]
  const first = await store.reserveStock(orderId, items)
  expect(first).toEqual({
    kind: 'reserved',
    lines: [
      { productId: 'p-0002', name: 'Coffee Cup', quantity: 2, unitPriceCents: 1_200 },
      { productId: 'p-0001', name: 'Coffee Grinder Steel', quantity: 3, unitPriceCents: 8_900 },
    ],
    totalCents: 29_100,
    readAfter: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/),
  })
  await db.database.query(`UPDATE products SET price_cents = 1, name = 'Renamed'`)
  const again = await store.reserveStock(orderId, items)
  expect(again).toMatchObject({ kind: 'reserved', totalCents: 29_100 })
  expect(again.kind === 'reserved' && [...again.lines].sort((a, b) => (a.productId < b.productId ? 1 : -1))).toEqual(
    first.kind === 'reserved' && first.lines,
  )
  expect(await stockOf('p-0001')).toBe(7)
  expect(await stockOf('p-0002')).toBe(8)
})

test('a refusal leaves nothing behind, and the order may be tried again', async () => {
  const orderId = randomUUID()
  const before = await stockOf('p-0001')
  expect(await store.reserveStock(orderId, [item('p-0001'), item('p-0004')])).toEqual({
    kind: 'out_of_stock',
    productId: 'p-0004',
    available: 0,
  })
  expect(await store.reserveStock(orderId, [item('p-0001'), item('p-9999')])).toEqual({
    kind: 'unknown_product',
    productId: 'p-9999',
  })
  expect(await stockOf('p-0001')).toBe(before)
  expect(await db.database.query('SELECT * FROM reservations')).toEqual([])
  expect(await store.reserveStock(orderId, [item('p-0001')])).toMatchObject({ kind: 'reserved' })
})

test('a release gives the stock back once and for all', async () => {
  const orderId = randomUUID()
  await store.reserveStock(orderId, [item('p-0001', 4), item('p-0002', 1)])
  await Promise.all([store.releaseStock(orderId), store.releaseStock(orderId), store.releaseStock(orderId)])
  expect(await stockOf('p-0001')).toBe(10)
  expect(await stockOf('p-0002')).toBe(10)
  expect(await store.reserveStock(orderId, [item('p-0001')])).toEqual({ kind: 'released' })
  expect(await stockOf('p-0001')).toBe(10)
})

test('what is scarce is delivered, the rest is left alone', async () => {
  await db.database.query(`UPDATE products SET on_hand = 5000 WHERE id = 'p-0001'`)
  await store.restock()
  expect(await stockOf('p-0001')).toBe(5_000)
  expect(await stockOf('p-0004')).toBe(2_000)
  await store.restock()
  expect(await stockOf('p-0004')).toBe(2_000)
})

test('an order that is released before it comes is never reserved', async () => {
  const orderId = randomUUID()
  await store.releaseStock(orderId)
  expect(await store.reserveStock(orderId, [item('p-0001')])).toEqual({ kind: 'released' })
  await store.releaseStock(orderId)
  expect(await stockOf('p-0001')).toBe(10)
})

test('of many who want the last one, one gets it', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => store.reserveStock(randomUUID(), [item('p-0003')])),
  )
  expect(outcomes.filter(({ kind }) => kind === 'reserved')).toHaveLength(1)
  expect(outcomes.filter(({ kind }) => kind === 'out_of_stock')).toHaveLength(19)
  expect(await stockOf('p-0003')).toBe(0)
})

test('a request raced by its own repetitions has one outcome', async () => {
  const orderId = randomUUID()
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, () => store.reserveStock(orderId, [item('p-0002', 2), item('p-0001', 2)])),
  )
  expect(new Set(outcomes.map((outcome) => outcome.kind === 'reserved' && outcome.totalCents))).toEqual(
    new Set([20_200]),
  )
  expect(await stockOf('p-0001')).toBe(8)
  const late = randomUUID()
  const refusals = await Promise.all(Array.from({ length: 8 }, () => store.reserveStock(late, [item('p-0004')])))
  expect(new Set(refusals.map(({ kind }) => kind))).toEqual(new Set(['out_of_stock']))
})

test('reservations and releases that cross each other neither deadlock nor lose a unit', async () => {
  const orders = Array.from({ length: 30 }, (_, index) => ({
    id: randomUUID(),
    // The same two products in either order.
    items: index % 2 === 0 ? [item('p-0001'), item('p-0002')] : [item('p-0002'), item('p-0001')],
  }))
  await Promise.all(
    orders.flatMap(({ id, items }, index) => [
      store.reserveStock(id, items),
      store.reserveStock(id, items),
      ...(index % 3 === 0 ? [store.releaseStock(id)] : []),
    ]),
  )
  const [counted] = await db.database.query<{ lines: number; reserved: number }>(
    `SELECT (SELECT coalesce(sum(quantity), 0)::int FROM reservation_lines JOIN reservations USING (order_id)
             WHERE status = 'reserved') AS lines,
            (SELECT sum(reserved)::int FROM products) AS reserved`,
  )
  expect(counted?.reserved).toBe(counted?.lines)
  expect(await stockOf('p-0001')).toBeGreaterThanOrEqual(0)
  await Promise.all(orders.map(({ id }) => store.releaseStock(id)))
  expect(await stockOf('p-0001')).toBe(10)
  expect(await stockOf('p-0002')).toBe(10)
})

test('the position names a place in the log that holds the reservation', async () => {
  const outcome = await store.reserveStock(randomUUID(), [item('p-0001')])
  const [row] = await db.database.query<{ passed: boolean }>('SELECT pg_current_wal_lsn() >= $1::pg_lsn AS passed', [
    outcome.kind === 'reserved' ? outcome.readAfter : '0/0',
  ])
  expect(row?.passed).toBe(true)
  expect(await store.getProduct('p-0001', outcome.kind === 'reserved' ? outcome.readAfter : '')).toMatchObject({
    stock: 9,
  })
})
