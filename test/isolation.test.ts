// What a running cluster keeps to itself: its sockets to this machine, its databases to their owners, its control to its user.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import pg from 'pg'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'

const owners = { users: ['users'], products: ['products'], orders: ['orders', 'fulfilment'], payments: ['payments'] }
const databases = Object.keys(owners) as (keyof typeof owners)[]
const roles = ['users', 'products', 'orders', 'payments', 'fulfilment'] as const

let running: RunningCluster
beforeAll(async () => {
  running = await startTestCluster()
})
afterAll(() => running?.stop())

describe.runIf(process.platform === 'linux')('sockets', () => {
  test('of every process listen on 127.0.0.1, and nowhere else', async () => {
    const processes = await running.cluster.supervision.processes()
    const listening = processes.flatMap(({ id, pid }) =>
      listeningAddresses(pid ?? 0).map((address) => `${id} ${address}`),
    )
    const expected = processes.map(({ id, address }) => `${id} ${address}`)
    expect(listening).toEqual(expect.arrayContaining(expected))
    expect(listening.filter((entry) => !entry.includes(' 127.0.0.1:'))).toEqual([])
  })
})

describe('databases', () => {
  const foreign = roles.flatMap((role) =>
    databases.filter((database) => !owners[database].includes(role)).map((database) => [role, database] as const),
  )

  test.each(foreign)('%s is refused by the database %s', async (role, database) => {
    const client = new pg.Client({ connectionString: running.cluster.databases.url(role, database) })
    await expect(client.connect()).rejects.toMatchObject({ code: '42501' })
  })

  test.each(roles)('%s is refused by the maintenance database', async (role) => {
    const client = new pg.Client({ connectionString: running.cluster.databases.url(role, 'postgres') })
    await expect(client.connect()).rejects.toMatchObject({ code: '42501' })
  })

  test.each(roles)('%s is let into its own database, with its password only', async (role) => {
    const own = databases.find((database) => owners[database].includes(role))!
    const url = new URL(running.cluster.databases.url(role, own))
    const client = new pg.Client({ connectionString: url.href })
    await client.connect()
    expect((await client.query('select current_user as name')).rows).toEqual([{ name: role }])
    await client.end()
    url.password = 'x'.repeat(43)
    await expect(new pg.Client({ connectionString: url.href }).connect()).rejects.toMatchObject({ code: '28P01' })
  })

  test.each([
    ['fulfilment', 'select * from public.orders'],
    ['fulfilment', 'update public.orders set status = status'],
    ['orders', 'select * from fulfilment.shipments'],
  ] as const)('%s may not: %s', async (role, statement) => {
    const client = new pg.Client({ connectionString: running.cluster.databases.url(role, 'orders') })
    await client.connect()
    await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' })
    await client.end()
  })
})

describe('control', () => {
  const ask = async (headers: Record<string, string>, method: 'GET' | 'POST' = 'GET', path = '/v1/status') => {
    const answer = await request(`${running.cluster.urls.control}${path}`, { method, headers })
    return { status: answer.statusCode, text: await answer.body.text() }
  }

  test('answers who has the token of the run', async () => {
    expect(await ask({ authorization: `Bearer ${running.cluster.token}` })).toMatchObject({ status: 200 })
  })

  test.each([
    ['no token', {}, 401],
    ['a wrong token', { authorization: 'Bearer 0123456789012345678901234567890123456789012' }, 401],
    ['a foreign web page', { origin: 'https://example.com' }, 403],
    ['a rebound name', { host: 'example.com' }, 403],
  ])('refuses %s, whatever is asked', async (_who, headers, status) => {
    const token = status === 403 ? { authorization: `Bearer ${running.cluster.token}` } : {}
    for (const [method, path] of [
      ['GET', '/v1/status'],
      ['POST', '/v1/nodes/orders-1/kill'],
      ['POST', '/v1/shutdown'],
    ] as const) {
      const answer = await ask({ ...token, ...headers }, method, path)
      expect(answer.status).toBe(status)
      expect(answer.text).not.toContain(running.cluster.token)
    }
    const processes = await running.cluster.supervision.processes()
    expect(processes.filter(({ restarts, state }) => restarts > 0 || state !== 'running')).toEqual([])
  })
})

/** `address:port` of every TCP socket on which the process or one of its children listens. */
function listeningAddresses(pid: number): string[] {
  const inodes = new Set(descendants(pid).flatMap(socketInodes))
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === '0A' && inodes.has(inode ?? ''))
      .map(([, local = '']) => addressOf(local)),
  )
}

function socketInodes(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
    } catch {
      // Closed since it was listed.
      return []
    }
  })
}

function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return [pid, ...children.flatMap(descendants)]
}

/** Reads `0100007F:1F90`: an IPv4 address in the byte order of the machine; one of IPv6 is left as it is. */
function addressOf(local: string): string {
  const [address = '', port = ''] = local.split(':')
  const bytes = address.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? []
  return `${bytes.length === 4 ? bytes.reverse().join('.') : address}:${Number.parseInt(port, 16)}`
}
