// A service's database on a real PostgreSQL: transactions, cancellation by the request's end, and servers that go away.
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withDatabase } from '../../../test/postgres.ts'
import { until } from '../../../test/until.ts'
import { withScope } from '../http/deadline.ts'
import { ScopeEnded } from '../http/request-scope.ts'

const db = withDatabase('CREATE TABLE notes (id int PRIMARY KEY)', { poolSize: 2 })

/** Runs `work` in a request that ends after `endMs`. */
function inRequest<T>(endMs: number, work: () => Promise<T>): Promise<T> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(new ScopeEnded('timeout')), endMs)
  const scope = { deadlineAtMs: performance.now() + endMs, signal: abort.signal }
  return withScope(scope, work).finally(() => clearTimeout(timer))
}

const sleeping = () =>
  db.database.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'",
  )

test('what a transaction throws rolls it back', async () => {
  const attempt = db.database.transaction(async (transaction) => {
    await transaction.query('INSERT INTO notes VALUES (1)')
    throw new Error('changed my mind')
  })
  await expect(attempt).rejects.toThrow('changed my mind')
  expect(await db.database.query('SELECT * FROM notes')).toEqual([])
})

test('a request that ends takes its statement along, and the pool stays whole', async () => {
  const slow = [1, 2].map(() => inRequest(150, () => db.database.query('SELECT pg_sleep(20)')))
  for (const outcome of await Promise.allSettled(slow)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'deadline_exceeded', status: 504 } })
  }
  await until('the server stopped working on it', async () => (await sleeping())[0]?.n === 0)
  // Both connections are usable, and no late cancellation hits them.
  for (let round = 0; round < 20; round++) {
    await Promise.all([db.database.query('SELECT pg_sleep(0.005)'), db.database.query('SELECT pg_sleep(0.005)')])
  }
})

test('a transaction whose request ends leaves nothing behind', async () => {
  const attempt = inRequest(150, () =>
    db.database.transaction(async (transaction) => {
      await transaction.query('INSERT INTO notes VALUES (2)')
      await transaction.query('SELECT pg_sleep(20)')
    }),
  )
  await expect(attempt).rejects.toMatchObject({ code: 'deadline_exceeded' })
  expect(await db.database.query('SELECT * FROM notes')).toEqual([])
})

test('an ended request starts no statement', async () => {
  const attempt = inRequest(1, async () => {
    await delay(20)
    return db.database.query('INSERT INTO notes VALUES (3)')
  })
  await expect(attempt).rejects.toMatchObject({ code: 'deadline_exceeded' })
  expect(await db.database.query('SELECT * FROM notes')).toEqual([])
})

test('a killed server fails what is under way with a 503, and new work waits for it to come back', async () => {
  const underWay = db.database.query('SELECT pg_sleep(20)').catch((error: unknown) => error)
  await until('the statement runs', async () => (await sleeping())[0]?.n === 1)
  await db.cluster.primary.kill()
  expect(await underWay).toMatchObject({ status: 503, code: 'database_unavailable' })
  // Connections that died idle fail one statement each until the pool has noticed; from then on new work waits.
  const waiting = await until('a query that waits', async () => {
    const query = db.database.query<{ one: number }>('SELECT 1 AS one')
    const failed = query.then(
      () => false,
      () => true,
    )
    return (await Promise.race([failed, delay(60, 'waiting' as const)])) === 'waiting' && { query }
  })
  await db.cluster.primary.start()
  expect(await waiting.query).toEqual([{ one: 1 }])
})
