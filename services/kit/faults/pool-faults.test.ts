import { afterEach, expect, test } from 'vitest'
import { createMetrics } from '../../../otel/sdk/metrics/create-metrics.ts'
import { captureLog } from '../../../test/captured-log.ts'
import { withDatabase } from '../../../test/postgres.ts'
import { scrapeText, seriesValue } from '../../../test/scrape.ts'
import { until } from '../../../test/until.ts'
import type { ActiveFault } from '../control/active-fault.ts'
import { createDatabase, type Database } from '../database/database.ts'
import { PoolFaults } from './pool-faults.ts'
import { active } from './test-fault.ts'

const db = withDatabase('SELECT 1')
const opened: { database: Database; point: PoolFaults }[] = []
afterEach(async () => {
  for (const { database, point } of opened.splice(0)) {
    point.close()
    await database.close()
  }
})

const exhausted = (leave: number, holdMs: number): ActiveFault[] => [
  active('pool-exhaustion', { leave, holdMs }, { instance: 'a' }),
]

function open() {
  const point = new PoolFaults('orders-1')
  const metrics = createMetrics()
  const { log } = captureLog()
  const database = createDatabase({ primaryUrl: db.url, poolSize: 3, connections: point, metrics, log })
  opened.push({ database, point })
  const gauge = async (name: string, labels: Record<string, string> = {}) =>
    seriesValue(scrapeText(metrics), name, {
      db_client_connection_pool_name: 'primary',
      ...labels,
    })
  const used = () => gauge('db_client_connection_count', { db_client_connection_state: 'used' })
  return { point, database, used, pending: () => gauge('db_client_connection_pending_requests') }
}

test('what is taken is missing, who asks waits, and all of it comes back', async () => {
  const { point, database, used, pending } = open()
  expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  point.apply(exhausted(0, 0))
  await until('all connections to be taken', async () => (await used()) === 3)
  const answer = database.query('SELECT 2 AS two')
  await until('somebody who waits', async () => (await pending()) === 1)
  point.apply([])
  expect(await answer).toEqual([{ two: 2 }])
  await until('the pool to be free', async () => (await used()) === 0)
})

test('a connection is kept after its use', async () => {
  const { point, database, used } = open()
  point.apply(exhausted(3, 60_000))
  await database.query('SELECT 1')
  await database.query('SELECT 1')
  expect(await used()).toBe(2)
  point.apply([])
  expect(await used()).toBe(0)
})

test('a pool that is opened under the fault is exhausted from the start', async () => {
  const { point } = open()
  point.apply(exhausted(1, 0))
  const metrics = createMetrics()
  const database = createDatabase({
    primaryUrl: db.url,
    poolSize: 3,
    connections: point,
    metrics,
    log: captureLog().log,
  })
  opened.push({ database, point })
  await until('two to be taken', async () => {
    const body = scrapeText(metrics)
    return seriesValue(body, 'db_client_connection_count', { db_client_connection_state: 'used' }) === 2
  })
  expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
})
