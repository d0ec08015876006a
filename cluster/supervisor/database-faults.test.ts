// What faults of database servers come to, and that all of it is taken back, on real servers.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase } from '../../services/kit/database/database.ts'
import { captureLog } from '../../test/captured-log.ts'
import { until } from '../../test/until.ts'
import type { InjectedFault } from '../control-plane/faults/contract.ts'
import type { PostgresCluster } from '../postgres/cluster.ts'
import { startPostgres } from '../postgres/start.ts'
import { query, removeTempFolders, tempFolder, testOptions, twoNodes } from '../postgres/test-cluster.ts'
import { DatabaseFaults, promotionsOf, stateUnder } from './database-faults.ts'

const injected = (fault: string, parameters: Record<string, unknown>, ...nodes: string[]) =>
  ({ fault, parameters, nodes }) as unknown as InjectedFault

test('delays of one replica add up, and a primary has none', () => {
  const faults = [
    injected('stale-read', { delayS: 2 }, 'postgres-eu', 'postgres-na'),
    injected('stale-read', { delayS: 3 }, 'postgres-eu'),
    injected('credential-expiry', { role: 'orders' }, 'postgres-na'),
    injected('latency', { delayMs: 5 }, 'postgres-eu'),
  ]
  expect(stateUnder(faults, ['postgres-eu', 'postgres-asia'], 'postgres-na')).toEqual({
    replayDelayMs: new Map([['postgres-eu', 5_000]]),
    expiredRoles: new Set(['orders']),
  })
})

let cluster: PostgresCluster
beforeAll(async () => {
  cluster = await startPostgres(testOptions(tempFolder(), { nodes: twoNodes() }))
  await cluster.startReplicas()
}, 60_000)
afterAll(async () => {
  await cluster?.stop()
  removeTempFolders()
})

const replayDelay = async () => {
  const client = await cluster.connect('postgres', 'postgres-eu')
  const { rows } = await client.query("SELECT current_setting('recovery_min_apply_delay') AS delay")
  await client.end()
  return rows[0]?.delay as string
}
const mayConnect = () =>
  query(cluster.url('orders', { role: 'orders' }), 'SELECT 1').then(
    () => true,
    () => false,
  )

test('servers suffer what is active, and are well again when it has ended', async () => {
  const faults = new DatabaseFaults(cluster)
  const before = await replayDelay()
  faults.apply([
    injected('stale-read', { delayS: 7 }, 'postgres-eu'),
    injected('credential-expiry', { role: 'orders' }, 'postgres-na'),
  ])
  await until('the delay', async () => (await replayDelay()) === '7s', 20_000)
  await until('the role to be refused', async () => !(await mayConnect()), 20_000)
  faults.apply([])
  await until('no delay', async () => (await replayDelay()) === before, 20_000)
  await until('the role to be let in', mayConnect, 20_000)
  await faults.stop()
}, 60_000)

test('what a process that was killed has left is taken back by the next one', async () => {
  const before = await replayDelay()
  const killed = new DatabaseFaults(cluster)
  killed.apply([
    injected('stale-read', { delayS: 7 }, 'postgres-eu'),
    injected('credential-expiry', { role: 'orders' }, 'postgres-na'),
  ])
  await until('the delay', async () => (await replayDelay()) === '7s', 20_000)
  await until('the role to be refused', async () => !(await mayConnect()), 20_000)
  const next = new DatabaseFaults(cluster)
  next.takeAllBack(['orders'])
  await until('no delay', async () => (await replayDelay()) === before, 20_000)
  await until('the role to be let in', mayConnect, 20_000)
  await next.stop()
}, 60_000)

test('a failover: services follow the new primary by themselves, and back; nothing that was accepted is lost', async () => {
  await expect.poll(() => cluster.replicationStatus(), { timeout: 20_000 }).toMatchObject([{ state: 'streaming' }])
  await cluster.setSynchronousReplication('any')
  let port: number | undefined
  const promoted: string[] = []
  const promotions = promotionsOf(cluster, (server) => {
    promoted.push(server.name)
    port = server.port
  })
  const faults = new DatabaseFaults(cluster, promotions)
  const database = createDatabase({
    primaryUrl: cluster.url('orders', { role: 'orders' }),
    primaryPort: () => port,
    log: captureLog().log,
  })
  await database.query('CREATE TABLE accepted (id int PRIMARY KEY)')
  const accepted: number[] = []
  let failures = 0
  let isOver = false
  const writing = (async () => {
    for (let id = 1; !isOver; id++) {
      await database.query('INSERT INTO accepted VALUES ($1)', [id]).then(
        () => accepted.push(id),
        () => (failures += 1),
      )
    }
  })()
  await until('writes', () => accepted.length > 50, 20_000)
  const failover = injected('failover', { detectedAfterS: 0.5, backAfterS: 60 }, 'postgres-na')
  faults.apply([failover])
  await until('the other to be the primary', () => promoted.length === 1, 30_000)
  // Commits wait for a replica, and there is none.
  faults.apply([failover, injected('credential-expiry', { credential: 'database', role: 'users' }, 'postgres-na')])
  const users = () => query(cluster.url('users', { role: 'users' }), 'SELECT 1')
  await expect.poll(() => users().catch(({ code }) => code), { timeout: 20_000 }).toBe('28P01')
  faults.apply([failover])
  await expect.poll(() => users().catch(({ code }) => code), { timeout: 20_000 }).toHaveLength(1)
  faults.apply([injected('failover', { detectedAfterS: 0.5, backAfterS: 0.2 }, 'postgres-na')])
  const before = accepted.length
  await until('writes there', () => accepted.length > before + 50, 30_000)
  expect(cluster.nodes.map(({ name, role }) => `${name} ${role}`)).toEqual([
    'postgres-na replica',
    'postgres-eu primary',
  ])
  faults.apply([])
  await until('the old one to be the primary again', () => promoted.length === 2, 30_000)
  const after = accepted.length
  await until('writes here again', () => accepted.length > after + 50, 30_000)
  isOver = true
  await writing
  expect(promoted).toEqual(['postgres-eu', 'postgres-na'])
  const found = new Set((await database.query<{ id: number }>('SELECT id FROM accepted')).map(({ id }) => id))
  expect(accepted.filter((id) => !found.has(id))).toEqual([])
  expect(failures).toBeLessThan(accepted.length)
  await database.close()
  await faults.stop()
}, 120_000)
