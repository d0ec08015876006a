// What faults make of statements, on a real server: the rows stay the same, and waits and locks are the server's.
import { expect, test } from 'vitest'
import { describeError } from '../../../otel/sdk/logger.ts'
import { captureLog } from '../../../test/captured-log.ts'
import { withDatabase } from '../../../test/postgres.ts'
import { until } from '../../../test/until.ts'
import type { ActiveFault } from '../control/active-fault.ts'
import { createDatabase, type Database } from '../database/database.ts'
import { StatementFaults } from './statement-faults.ts'
import { active } from './test-fault.ts'

const db =
  withDatabase(`CREATE TABLE products (id text PRIMARY KEY, name text NOT NULL, reserved int NOT NULL DEFAULT 0);
  INSERT INTO products SELECT 'p-' || n, 'product ' || n FROM generate_series(1, 12) AS n`)

async function under<T>(fault: ActiveFault, work: (database: Database) => Promise<T>): Promise<T> {
  const point = new StatementFaults('products-na')
  point.apply([fault])
  const fateOf = (text: string, pool: 'primary' | 'replica') => point.fateOf(text, 'postgres-na', pool)
  const database = createDatabase({ primaryUrl: db.url, fateOf, log: captureLog().log })
  return work(database).finally(() => database.close())
}

const list = 'SELECT id, name FROM products WHERE name LIKE $1 ORDER BY id LIMIT $2'

test('slow-query: the server works on it for longer, and the rows are those asked for', async () => {
  const expected = await db.database.query(list, ['product%', 5])
  await under(active('slow-query', { table: 'products', delayMs: 150 }), async (database) => {
    const startMs = performance.now()
    const rows = database.query(list, ['product%', 5])
    await until('the server to sleep', async () => {
      const sleepers = await db.database.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
      return sleepers.length > 0
    })
    expect(await rows).toEqual(expected)
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(148)
    // Without parameters it goes another way over the wire.
    expect(await database.query('SELECT count(*)::int AS n FROM products')).toEqual([{ n: 12 }])
  })
})

test('n-plus-one: as many further statements as rows, and the same rows', async () => {
  const expected = await db.database.query(list, ['product%', 5])
  const statements = async () => {
    const admin = await db.cluster.connect('testing')
    const { rows } = await admin.query(
      "SELECT seq_scan + idx_scan AS scans FROM pg_stat_user_tables WHERE relname = 'products'",
    )
    await admin.end()
    return Number(rows[0]?.scans)
  }
  const before = await statements()
  await under(active('n-plus-one', { table: 'products' }), async (database) => {
    expect(await database.query(list, ['product%', 5])).toEqual(expected)
    expect(await database.query('SELECT id FROM products WHERE id = $1', ['p-3'])).toEqual([{ id: 'p-3' }])
  })
  // The server tells of scans when a session ends.
  await until('the scans', async () => (await statements()) >= before + 7)
})

const locking = `SELECT id, name FROM products WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`

test('hot-key: writers of different products wait for each other, and none deadlocks', async () => {
  await under(active('hot-key', { holdMs: 0 }), async (database) => {
    let letGo = () => {}
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let locked = false
    const first = database.transaction(async (transaction) => {
      await transaction.query(locking, [['p-7']])
      locked = true
      await held
    })
    await until('the first to have its locks', () => locked)
    const second = database.transaction((transaction) => transaction.query<{ id: string }>(locking, [['p-9']]))
    await until('the second to wait for them', async () => {
      const waiting = await db.database.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
      return waiting.length === 1
    })
    letGo()
    await first
    expect((await second).map(({ id }) => id)).toContain('p-9')
  })
})

test('without it they do not', async () => {
  const { database } = db
  await database.transaction(async (transaction) => {
    await transaction.query(locking, [['p-7']])
    const other = await database.transaction((another) => another.query<{ id: string }>(locking, [['p-9']]))
    expect(other.map(({ id }) => id)).toEqual(['p-9'])
  })
})

test('disk-full: the failure tells what the server tells of one, and nothing of where it comes from', async () => {
  const failure = await under(active('disk-full', { probability: 1 }), (database) =>
    database.query('UPDATE products SET reserved = 1 WHERE id = $1', ['p-3']).catch((error: unknown) => error),
  )
  const { stack, ...described } = describeError(failure) as Record<string, unknown>
  expect(described).toEqual({
    type: 'DatabaseError',
    message: 'could not extend file "base/16389/16421": No space left on device',
    name: 'error',
    severity: 'ERROR',
    code: '53100',
  })
  expect(stack).not.toMatch(/fate|fault/i)
})
