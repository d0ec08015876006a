import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PostgresCluster } from './cluster.ts'
import { findServerProcesses, signalProcess } from './processes.ts'
import type { ServerExit } from './server.ts'
import { startPostgres } from './start.ts'
import { query, removeTempFolders, tempFolder, testOptions, twoNodes } from './test-cluster.ts'

const folder = tempFolder()
const exits: ServerExit[] = []
const progress: string[] = []
let cluster: PostgresCluster

beforeAll(async () => {
  cluster = await startPostgres(
    testOptions(`${folder}/data`, {
      nodes: twoNodes(),
      onExit: (exit) => exits.push(exit),
      onProgress: (text) => progress.push(text),
    }),
  )
  expect(cluster.isFresh).toBe(true)
  await query(primary(), 'CREATE TABLE placed (id int PRIMARY KEY)')
  await query(primary(), 'INSERT INTO placed VALUES (1)')
  await cluster.startReplicas()
})

afterAll(async () => {
  await cluster?.stop()
  removeTempFolders()
})

const primary = () => cluster.url('orders', { role: 'orders' })
const replica = () => cluster.url('orders', { role: 'orders', node: 'postgres-eu' })
const countOn = async (url: string) => (await query(url, 'SELECT count(*)::int AS n FROM placed'))[0]?.n

describe('isolation', () => {
  const role = { users: 'users', orders: 'orders', fulfilment: 'fulfilment' }
  test.each([
    [role.users, ['users']],
    [role.orders, ['orders']],
    [role.fulfilment, ['orders']],
  ])('%s may connect to %j only', async (name, allowed) => {
    for (const database of ['users', 'orders', 'postgres', 'template1']) {
      for (const node of ['postgres-na', 'postgres-eu']) {
        const attempt = query(cluster.url(database, { role: name, node }), 'SELECT 1 AS one')
        if (allowed.includes(database)) await expect(attempt).resolves.toEqual([{ one: 1 }])
        else await expect(attempt).rejects.toMatchObject({ code: '42501' })
      }
    }
  })

  test('a further role has a schema of its own and cannot read the owner’s tables', async () => {
    const url = cluster.url('orders', { role: 'fulfilment' })
    await query(url, 'CREATE TABLE shipment (id int)')
    expect(await query(url, "SELECT schemaname FROM pg_tables WHERE tablename = 'shipment'")).toEqual([
      { schemaname: 'fulfilment' },
    ])
    await expect(query(url, 'SELECT * FROM public.placed')).rejects.toMatchObject({ code: '42501' })
  })

  test('a wrong password is refused, and so is the replication role in any database', async () => {
    const wrong = new URL(primary())
    wrong.password = 'not-the-password'
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
    wrong.username = 'faultline_replication'
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28000' })
  })
})

describe('replica', () => {
  test('carries what was there before it, follows what comes, and refuses writes', async () => {
    expect(await countOn(replica())).toBe(1)
    await query(primary(), 'INSERT INTO placed VALUES (2)')
    await expect.poll(() => countOn(replica()), { timeout: 10_000 }).toBe(2)
    await expect(query(replica(), 'INSERT INTO placed VALUES (3)')).rejects.toMatchObject({ code: '25006' })
  })

  test('reports its lag, which grows while it is told to wait', async () => {
    const status = async () => (await cluster.replicationStatus())[0]
    await expect
      .poll(status, { timeout: 10_000 })
      .toEqual({ name: 'postgres-eu', state: 'streaming', replayLagSeconds: 0, lagBytes: 0 })
    const standby = await cluster.connect('postgres', 'postgres-eu')
    try {
      await standby.query('SELECT pg_wal_replay_pause()')
      await query(primary(), 'INSERT INTO placed VALUES (10)')
      await expect.poll(async () => (await status())?.lagBytes, { timeout: 10_000 }).toBeGreaterThan(0)
      await expect.poll(async () => (await status())?.replayLagSeconds, { timeout: 10_000 }).toBeGreaterThan(0.5)
      await standby.query('SELECT pg_wal_replay_resume()')
    } finally {
      await standby.end()
    }
    await expect.poll(async () => (await status())?.lagBytes, { timeout: 10_000 }).toBe(0)
  })

  test('that is killed counts as disconnected, and catches up when it starts again', async () => {
    await cluster.node('postgres-eu').kill()
    await expect
      .poll(() => cluster.replicationStatus(), { timeout: 10_000 })
      .toMatchObject([{ state: 'disconnected', replayLagSeconds: null }])
    await query(primary(), 'INSERT INTO placed VALUES (11)')
    const expected = await countOn(primary())
    await cluster.node('postgres-eu').start()
    await expect.poll(() => countOn(replica()), { timeout: 10_000 }).toBe(expected)
  })

  test('serves reads while the primary is down, even when it starts meanwhile', async () => {
    const expected = await countOn(primary())
    await expect.poll(() => countOn(replica()), { timeout: 10_000 }).toBe(expected)
    await cluster.primary.kill()
    await cluster.node('postgres-eu').restart()
    expect(await countOn(replica())).toBe(expected)
    await cluster.primary.start()
  })

  test('that was promoted is copied anew and follows again', async () => {
    const standby = await cluster.connect('orders', 'postgres-eu')
    await standby.query('SELECT pg_promote()')
    await standby.query('INSERT INTO placed VALUES (666)')
    await standby.end()
    await cluster.node('postgres-eu').restart()
    expect(progress).toContain('copying the primary to postgres-eu (was promoted)')
    expect(await query(replica(), 'SELECT pg_is_in_recovery() AS yes')).toEqual([{ yes: true }])
    expect(await query(replica(), 'SELECT id FROM placed WHERE id = 666')).toEqual([])
  })
})

describe('a replica that fell too far behind', () => {
  const setLimit = async (value: string) => {
    const admin = await cluster.connect('postgres')
    await admin.query(`ALTER SYSTEM SET max_slot_wal_keep_size = '${value}'`)
    await admin.query('SELECT pg_reload_conf()')
    await admin.end()
  }
  // About eight WAL segments of 1 MB, of which the limit keeps one.
  const outrun = async () => {
    const admin = await cluster.connect('orders')
    for (let i = 0; i < 8; i++) {
      await admin.query("SELECT pg_logical_emit_message(false, 'test', repeat('x', 1000000))")
    }
    await admin.query('CHECKPOINT')
    await admin.end()
  }
  const slotStatus = async () => {
    const admin = await cluster.connect('postgres')
    const { rows } = await admin.query('SELECT wal_status FROM pg_replication_slots')
    await admin.end()
    return rows[0]?.wal_status
  }
  beforeAll(() => setLimit('1MB'))
  afterAll(() => setLimit('128MB'))

  test('is copied anew when it starts', async () => {
    await cluster.node('postgres-eu').kill()
    await outrun()
    await expect.poll(slotStatus, { timeout: 10_000 }).toBe('lost')
    expect(await cluster.replicationStatus()).toMatchObject([{ state: 'disconnected', lagBytes: null }])
    progress.length = 0
    await cluster.node('postgres-eu').start()
    expect(progress).toEqual(['copying the primary to postgres-eu (fell too far behind)'])
    expect(await countOn(replica())).toBe(await countOn(primary()))
  })

  test('is copied anew while it runs', async () => {
    await expect.poll(() => cluster.replicationStatus(), { timeout: 10_000 }).toMatchObject([{ state: 'streaming' }])
    const standby = await cluster.connect('postgres', 'postgres-eu')
    const { rows } = await standby.query('SELECT pid FROM pg_stat_wal_receiver')
    await standby.end()
    process.kill(rows[0].pid, 'SIGSTOP')
    progress.length = 0
    // Its checkpoint may wait for the frozen replica.
    const outrunning = outrun()
    await expect
      .poll(() => cluster.repairReplicas().then(() => progress), { timeout: 20_000, interval: 100 })
      .toContain('copying the primary to postgres-eu (fell too far behind)')
    await outrunning
    await expect.poll(() => countOn(replica()), { timeout: 10_000 }).toBe(await countOn(primary()))
  })
})

describe('the primary', () => {
  test('loses nothing committed when it is killed under writes', async () => {
    const client = new pg.Client({ connectionString: primary() })
    client.on('error', () => undefined)
    await client.connect()
    const committed: number[] = []
    const writing = (async () => {
      for (let id = 1000; ; id++) {
        await client.query('INSERT INTO placed VALUES ($1)', [id])
        committed.push(id)
      }
    })()
    const ended = expect(writing).rejects.toThrow()
    await expect.poll(() => committed.length, { timeout: 10_000 }).toBeGreaterThan(300)
    await cluster.primary.kill()
    expect(findServerProcesses(cluster.primary.pgdata)).toEqual([])
    await ended
    expect(cluster.primary).toMatchObject({ state: 'stopped', pid: undefined })
    await cluster.primary.start()
    const found = await query(primary(), 'SELECT id FROM placed WHERE id >= 1000 ORDER BY id')
    expect(found.map(({ id }) => id).slice(0, committed.length)).toEqual(committed)
    expect(exits).toEqual([])
  })

  test('reports a death that nobody asked for, and starts again on its port', async () => {
    const { pid, port, restarts } = cluster.primary
    process.kill(pid ?? 0, 'SIGKILL')
    await expect
      .poll(() => exits, { timeout: 10_000 })
      .toEqual([{ name: 'postgres-na', pid, code: null, signal: 'SIGKILL' }])
    expect(cluster.primary.state).toBe('stopped')
    await cluster.primary.start()
    expect(cluster.primary).toMatchObject({ state: 'ready', port, restarts: restarts + 1 })
    expect(cluster.primary.pid).not.toBe(pid)
    await expect.poll(() => cluster.replicationStatus(), { timeout: 10_000 }).toMatchObject([{ state: 'streaming' }])
  })

  test('gives up a start when it is killed meanwhile, and starts afterwards', async () => {
    await cluster.primary.stop()
    const starting = cluster.primary.start()
    await Promise.all([expect(starting).rejects.toMatchObject({ code: 'killed' }), cluster.primary.kill()])
    expect(cluster.primary.state).toBe('stopped')
    await cluster.primary.start()
    expect(await countOn(primary())).toBeGreaterThan(0)
  })

  test('stops even when a fault has frozen it', async () => {
    for (const pid of findServerProcesses(cluster.primary.pgdata)) signalProcess(pid, 'SIGSTOP')
    await cluster.primary.stop()
    expect(findServerProcesses(cluster.primary.pgdata)).toEqual([])
    await cluster.primary.start()
  })
})

describe('synchronous replication', () => {
  const syncState = async () => (await superuser('SELECT sync_state FROM pg_stat_replication'))[0]?.sync_state
  async function superuser(text: string): Promise<Record<string, unknown>[]> {
    const client = await cluster.connect('postgres')
    try {
      return (await client.query(text)).rows
    } finally {
      await client.end()
    }
  }

  test('a commit waits until a replica has it, and no longer once that is not asked for', async () => {
    await expect.poll(() => cluster.replicationStatus(), { timeout: 20_000 }).toMatchObject([{ state: 'streaming' }])
    await cluster.setSynchronousReplication('any')
    await expect.poll(syncState, { timeout: 10_000 }).toBe('quorum')
    await query(primary(), 'INSERT INTO placed VALUES (900)')
    await cluster.node('postgres-eu').stop()
    let committed = false
    const commit = query(primary(), 'INSERT INTO placed VALUES (901)').then(() => {
      committed = true
    })
    const waits = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    await expect.poll(async () => (await superuser(waits))[0]?.n, { timeout: 10_000 }).toBe(1)
    expect(committed).toBe(false)
    await cluster.setSynchronousReplication('off')
    await commit
    await cluster.node('postgres-eu').start()
  })
})
