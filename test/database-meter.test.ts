// What a node tells of its database, on a real primary and a real replica.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PostgresCluster } from '../cluster/postgres/cluster.ts'
import { startPostgres } from '../cluster/postgres/start.ts'
import { createMetrics } from '../otel/sdk/metrics/create-metrics.ts'
import { createDatabase, type Database } from '../services/kit/database/database.ts'
import { captureLog } from './captured-log.ts'
import { scrapeText, seriesOf, seriesValue } from './scrape.ts'
import { until } from './until.ts'

const metrics = createMetrics()
let folder: string
let cluster: PostgresCluster
let database: Database

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-test-'))
  cluster = await startPostgres({
    dataDir: join(folder, 'postgres'),
    nodes: [
      { name: 'postgres-na', region: 'na', role: 'primary' },
      { name: 'postgres-eu', region: 'eu', role: 'replica' },
    ],
    databases: [{ name: 'testing', owner: 'testing', password: 'only-for-tests' }],
  })
  await cluster.startReplicas()
  database = createDatabase({
    primaryUrl: cluster.url('testing', { role: 'testing' }),
    replicaUrl: cluster.url('testing', { role: 'testing', node: 'postgres-eu' }),
    poolSize: 2,
    metrics,
    log: captureLog().log,
  })
})
afterAll(async () => {
  await database?.close()
  await cluster?.stop()
  await rm(folder, { recursive: true, force: true })
})

const scrape = async () => scrapeText(metrics)
const statements = async () =>
  seriesOf(await scrape(), 'db_client_operation_duration_seconds_count').map(({ labels, value }) => ({
    ...labels,
    value,
  }))

test('statements count by server, operation, table and error', async () => {
  await database.query('CREATE TABLE notes (id int PRIMARY KEY)')
  for (const id of [1, 2, 2]) await database.query('INSERT INTO notes VALUES ($1)', [id]).catch(() => undefined)
  const reader = await database.reader()
  await until('the table on the replica', () =>
    reader.query('SELECT id FROM notes').then(
      () => true,
      () => false,
    ),
  )
  const primary = { db_client_connection_pool_name: 'primary' }
  expect(await statements()).toEqual(
    expect.arrayContaining([
      { ...primary, db_operation_name: 'INSERT', db_collection_name: 'notes', value: 2 },
      { ...primary, db_operation_name: 'INSERT', db_collection_name: 'notes', error_type: '23505', value: 1 },
      { db_client_connection_pool_name: 'replica', db_operation_name: 'SELECT', db_collection_name: 'notes', value: 1 },
    ]),
  )
})

test('the pool shows its connections and who waits for one', async () => {
  const holding = [1, 2, 3].map(() => database.query('SELECT pg_sleep(0.5)'))
  const pool = { db_client_connection_pool_name: 'primary' }
  await until('a full pool', async () => {
    const text = await scrape()
    return (
      seriesValue(text, 'db_client_connection_count', { ...pool, db_client_connection_state: 'used' }) === 2 &&
      seriesValue(text, 'db_client_connection_pending_requests', pool) === 1
    )
  })
  await Promise.all(holding)
  const text = await scrape()
  expect(seriesValue(text, 'db_client_connection_count', { ...pool, db_client_connection_state: 'idle' })).toBe(2)
  expect(seriesValue(text, 'db_client_connection_max', pool)).toBe(2)
  expect(seriesValue(text, 'db_client_connection_pending_requests', pool)).toBe(0)
  // The third waited for one of the others, half a second.
  const quick = seriesValue(text, 'db_client_connection_wait_time_seconds_bucket', { ...pool, le: '0.1' }) ?? 0
  expect(seriesValue(text, 'db_client_connection_wait_time_seconds_count', pool)).toBeGreaterThan(quick)
})

test('the roles of both servers and the lag of the replica', async () => {
  const role = async (pool: string) =>
    seriesOf(await scrape(), 'faultline_database_role').find(
      ({ labels, value }) => labels.db_client_connection_pool_name === pool && value === 1,
    )?.labels.role
  expect(await role('primary')).toBe('unknown')
  await until('both', async () => {
    await database.ping()
    return (await role('replica')) === 'replica'
  })
  expect(await role('primary')).toBe('primary')
  expect(seriesOf(await scrape(), 'faultline_database_role')).toHaveLength(6)
  expect(seriesOf(await scrape(), 'faultline_replication_lag_seconds')).toHaveLength(1)

  const admin = await cluster.connect('postgres', 'postgres-eu')
  await admin.query('SELECT pg_wal_replay_pause()')
  await database.query('INSERT INTO notes SELECT generate_series(100, 5000)')
  await until('a lag of a second', async () => {
    await database.ping()
    return (seriesValue(await scrape(), 'faultline_replication_lag_seconds') ?? 0) > 1
  })
  expect(seriesValue(await scrape(), 'faultline_replication_lag_bytes')).toBeGreaterThan(50_000)
  const position = await database.position()
  await database.reader(position)
  expect(seriesValue(await scrape(), 'faultline_database_replica_fallbacks_total', { reason: 'behind' })).toBe(1)

  await admin.query('SELECT pg_wal_replay_resume()')
  await admin.end()
  await until('no lag', async () => {
    await database.ping()
    return seriesValue(await scrape(), 'faultline_replication_lag_bytes') === 0
  })
  expect(seriesValue(await scrape(), 'faultline_replication_lag_seconds')).toBe(0)
})

test('reads that a dead replica can not answer are counted as they go to the primary', async () => {
  await cluster.node('postgres-eu').kill()
  const reader = await database.reader()
  expect(await reader.query('SELECT id FROM notes WHERE id = 1')).toEqual([{ id: 1 }])
  await database.reader()
  expect(seriesValue(await scrape(), 'faultline_database_replica_fallbacks_total', { reason: 'unavailable' })).toBe(2)
})
