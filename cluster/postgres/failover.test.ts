// A primary that is killed, the replica that takes over, and the old one that comes back as a replica: on real servers.

import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PostgresCluster } from './cluster.ts'
import { startPostgres } from './start.ts'
import { query, removeTempFolders, tempFolder, testOptions, twoNodes } from './test-cluster.ts'

let cluster: PostgresCluster
const exits: string[] = []
beforeAll(async () => {
  cluster = await startPostgres(
    testOptions(tempFolder(), { nodes: twoNodes(), onExit: ({ name }) => void exits.push(name) }),
  )
  await query(primary(), 'CREATE TABLE accepted (id int PRIMARY KEY)')
  await cluster.startReplicas()
}, 60_000)
afterAll(async () => {
  await cluster?.stop()
  removeTempFolders()
})

const primary = () => cluster.url('orders', { role: 'orders' })
const ids = async (url: string) => (await query(url, 'SELECT id FROM accepted ORDER BY id')).map(({ id }) => Number(id))

/** Writes until its connection breaks; returns what it was told is committed. */
async function writeUntilItBreaks(from: number): Promise<{ committed: number[]; ended: Promise<void> }> {
  const client = new pg.Client({ connectionString: primary() })
  client.on('error', () => undefined)
  await client.connect()
  const committed: number[] = []
  const ended = (async () => {
    for (let id = from; ; id++) {
      await client.query('INSERT INTO accepted VALUES ($1)', [id])
      committed.push(id)
    }
  })().catch(() => undefined)
  return { committed, ended }
}

test('with synchronous replication nothing that was accepted is lost, and the old primary follows the new one', async () => {
  await cluster.setSynchronousReplication('any')
  await expect.poll(() => cluster.replicationStatus(), { timeout: 20_000 }).toMatchObject([{ state: 'streaming' }])
  const { committed, ended } = await writeUntilItBreaks(1)
  await expect.poll(() => committed.length, { timeout: 20_000 }).toBeGreaterThan(200)
  expect((await cluster.failOver()).name).toBe('postgres-eu')
  await ended
  expect(cluster.primary.name).toBe('postgres-eu')
  // Fenced: nobody can write to it.
  expect(cluster.node('postgres-na').state).toBe('stopped')
  await cluster.rejoin()
  expect(cluster.nodes.map(({ name, role }) => `${name} ${role}`)).toEqual([
    'postgres-na replica',
    'postgres-eu primary',
  ])
  const found = new Set(await ids(primary()))
  expect(committed.filter((id) => !found.has(id))).toEqual([])
  await query(primary(), 'INSERT INTO accepted VALUES (1000000)')
  const old = cluster.url('orders', { role: 'orders', node: 'postgres-na' })
  await expect.poll(async () => (await ids(old)).at(-1), { timeout: 20_000 }).toBe(1_000_000)
  await expect(query(old, 'INSERT INTO accepted VALUES (7)')).rejects.toMatchObject({ code: '25006' })
  expect(exits).toEqual([])
}, 90_000)

test('an orderly switch back loses nothing, either', async () => {
  await expect.poll(() => cluster.replicationStatus(), { timeout: 20_000 }).toMatchObject([{ state: 'streaming' }])
  const { committed, ended } = await writeUntilItBreaks(2_000_000)
  await expect.poll(() => committed.length, { timeout: 20_000 }).toBeGreaterThan(50)
  await cluster.switchOver('postgres-na')
  await ended
  await cluster.rejoin()
  const found = new Set(await ids(primary()))
  expect(committed.filter((id) => !found.has(id))).toEqual([])
  expect(found.has(1_000_000)).toBe(true)
  expect(cluster.primary.name).toBe('postgres-na')
  await cluster.switchOver('postgres-na')
  const follower = cluster.url('orders', { role: 'orders', node: 'postgres-eu' })
  await expect.poll(async () => (await ids(follower)).length, { timeout: 20_000 }).toBe(found.size)
}, 90_000)

test('a failover that is called off while there is no primary leaves the old one in its place', async () => {
  const goes = new AbortController()
  const failingOver = cluster.failOver(60_000, goes.signal)
  await expect.poll(() => cluster.primary.state, { timeout: 20_000 }).toBe('stopped')
  goes.abort()
  await expect(failingOver).rejects.toThrow(/abort/)
  expect([cluster.primary.name, cluster.primary.state]).toEqual(['postgres-na', 'ready'])
  await query(primary(), 'INSERT INTO accepted VALUES (2999999)')
  await expect.poll(() => cluster.replicationStatus(), { timeout: 20_000 }).toMatchObject([{ state: 'streaming' }])
  expect(exits).toEqual([])
}, 90_000)

test('a replica that lacks something does not take over: the primary goes on', async () => {
  const conninfo = async (sql: string) => {
    const admin = await cluster.connect('postgres', 'postgres-eu')
    await admin.query(sql)
    await admin.query('SELECT pg_reload_conf()')
    await admin.end()
  }
  // The commit below waits for nobody.
  await cluster.setSynchronousReplication('off')
  await conninfo("ALTER SYSTEM SET primary_conninfo = ''")
  await expect.poll(() => cluster.replicationStatus(), { timeout: 20_000 }).toMatchObject([{ state: 'disconnected' }])
  await query(primary(), 'INSERT INTO accepted VALUES (3000000)')
  await expect(cluster.switchOver('postgres-eu')).rejects.toThrow('has not got all that postgres-na accepted')
  expect(cluster.primary.name).toBe('postgres-na')
  expect((await ids(primary())).at(-1)).toBe(3_000_000)
  await conninfo('ALTER SYSTEM RESET primary_conninfo')
  await expect.poll(() => cluster.replicationStatus(), { timeout: 20_000 }).toMatchObject([{ state: 'streaming' }])
  await cluster.switchOver('postgres-eu')
  expect((await ids(primary())).at(-1)).toBe(3_000_000)
}, 90_000)
