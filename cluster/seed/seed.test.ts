import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verify } from '@node-rs/argon2'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_PASSWORD } from '../../services/load/customers.ts'
import type { PostgresCluster } from '../postgres/cluster.ts'
import { startPostgres } from '../postgres/start.ts'
import { type SeedOptions, seedDatabases } from './seed.ts'

const names = ['users', 'products', 'orders', 'payments'] as const
const password = 'only-for-tests'
const folder = mkdtempSync(join(tmpdir(), 'faultline-seed-'))
const mediaDir = join(folder, 'media')
let cluster: PostgresCluster
let options: SeedOptions

beforeAll(async () => {
  cluster = await startPostgres({
    dataDir: join(folder, 'postgres'),
    nodes: [{ name: 'postgres-na', region: 'na', role: 'primary' }],
    databases: names.map((name) => ({ name, owner: name, password })),
    roles: [{ name: 'fulfilment', password, databases: ['orders'] }],
  })
  const url = (role: string, database = role) => cluster.url(database, { role })
  const fulfilment = url('fulfilment', 'orders')
  const urls = {
    users: url('users'),
    products: url('products'),
    orders: url('orders'),
    payments: url('payments'),
    fulfilment,
  }
  options = { urls, seed: 5, size: 'small', mediaDir }
})
afterAll(async () => {
  await cluster.stop()
  rmSync(folder, { recursive: true })
})

async function query<Row extends pg.QueryResultRow>(name: keyof SeedOptions['urls'], text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: options.urls[name] })
  await client.connect()
  return client
    .query<Row>(text)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

test('a fresh data directory is filled: accounts, catalogue, pictures, whole past orders', async () => {
  const outcome = await seedDatabases(options)
  expect(outcome).toEqual({
    ...{ seed: 5, size: 'small', imagesWritten: 132 },
    filled: ['users', 'products', 'orders', 'payments', 'fulfilment'],
  })
  const [account] = await query<{ password_hash: string; count: number }>(
    'users',
    'SELECT password_hash, count(*) OVER ()::int AS count FROM users LIMIT 1',
  )
  expect(account?.count).toBe(500)
  expect(await verify(account?.password_hash ?? '', DEMO_PASSWORD)).toBe(true)

  const orders = await query('orders', 'SELECT id, total_cents AS cents FROM orders ORDER BY id')
  expect(orders).toHaveLength(300)
  const charges = "SELECT order_id AS id, amount_cents AS cents FROM charges WHERE status = 'charged' ORDER BY order_id"
  expect(await query('payments', charges)).toEqual(orders)
  const reserved = `SELECT order_id AS id, sum(quantity * unit_price_cents)::int AS cents
    FROM reservations JOIN reservation_lines USING (order_id) GROUP BY order_id ORDER BY order_id`
  expect(await query('products', reserved)).toEqual(orders)
  expect(await query('fulfilment', 'SELECT order_id AS id FROM fulfilment.shipments ORDER BY order_id')).toEqual(
    orders.map(({ id }) => ({ id })),
  )
  const unbalanced = `SELECT id FROM products WHERE reserved <> (
    SELECT coalesce(sum(quantity), 0) FROM reservation_lines WHERE product_id = products.id)`
  expect(await query('products', unbalanced)).toEqual([])
  const found = await query(
    'products',
    "SELECT id, image_url AS image FROM products WHERE search @@ to_tsquery('kettle:*')",
  )
  expect(found.length).toBeGreaterThan(1)
  for (const { image } of found) expect(existsSync(join(mediaDir, image))).toBe(true)
})

test('a second time nothing is touched', async () => {
  await query('products', "UPDATE products SET reserved = reserved + 1 WHERE id = 'p-0001'")
  const before = await query('products', 'SELECT id, reserved FROM products ORDER BY id')
  expect(await seedDatabases(options)).toEqual({ seed: 5, size: 'small', filled: [], imagesWritten: 0 })
  expect(await query('products', 'SELECT id, reserved FROM products ORDER BY id')).toEqual(before)
})

test('another seed or size keeps the old data and says so', async () => {
  const outcome = await seedDatabases({ ...options, seed: 6, size: 'full' })
  expect(outcome).toMatchObject({ seed: 5, size: 'small', filled: [], imagesWritten: 0 })
  expect(outcome.notice).toContain('seed 5, size small; it is kept')
})

test('a start that was cut off goes on with what it began with', async () => {
  await query('payments', 'TRUNCATE seeded_with, charges')
  const outcome = await seedDatabases({ ...options, seed: 6 })
  expect(outcome).toMatchObject({ seed: 5, filled: ['payments'] })
  const orders = await query('orders', 'SELECT id FROM orders ORDER BY id')
  expect(await query('payments', 'SELECT order_id AS id FROM charges ORDER BY order_id')).toEqual(orders)
})

test('pictures come back when they are lost or of another kind', async () => {
  unlinkSync(join(mediaDir, 'images', '.made-from'))
  writeFileSync(join(mediaDir, 'images', 'p-0001.svg'), 'half')
  expect((await seedDatabases(options)).imagesWritten).toBe(132)
  expect(readFileSync(join(mediaDir, 'images', 'p-0001.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s)
  expect(readdirSync(join(mediaDir, 'images')).filter((name) => name.startsWith('category-'))).toHaveLength(12)
})

test('a role cannot read what another seeded', async () => {
  const client = new pg.Client({ connectionString: options.urls.users.replace(/\/users$/, '/payments') })
  await expect(client.connect()).rejects.toThrow('permission denied')
})
