import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { takeLease } from '../container/take-lease.ts'
import type { LeaseBody } from './lease-contract.ts'
import type { Policies } from './policies/policy-contract.ts'
import { type Standalone, type StandaloneOptions, startStandalone } from './standalone.ts'
import { connectTestNode, type TestNode } from './test-node.ts'

const token = 'a-token-for-this-test'
const urls = {
  console: 'http://w',
  shop: 'http://s',
  control: 'http://c',
  otlp: 'http://o',
  jaeger: 'http://j',
  prometheus: 'http://p',
}

let folder: string
let running: Standalone | undefined
const nodes: TestNode[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-standalone-'))
})
afterEach(async () => {
  for (const node of nodes.splice(0)) node.close()
  await running?.close()
  rmSync(folder, { recursive: true, force: true })
})

type Further = Partial<Pick<StandaloneOptions, 'warmUpMs' | 'forgetMs' | 'setSynchronousReplication'>>

async function start(options: Further = {}): Promise<Standalone> {
  running = await startStandalone(
    {
      log: pino({ level: 'silent' }),
      token,
      version: '0.1.0',
      urls,
      load: 20,
      memoryFile: join(folder, 'leases.json'),
      policyFile: policyFile(),
      allowedHosts: ['127.0.0.1'],
      otherTargets: [],
      ...options,
    },
    { host: '127.0.0.1', port: 0 },
  )
  return running
}
const policyFile = () => join(folder, 'policies.json')
const port = () => running?.controlPlane.port ?? 0
const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 5_000, interval: 10 })
const lease = (kind: LeaseBody['kind'], holder: string, region: LeaseBody['region'] = 'na') =>
  takeLease(
    { kind, region, holder, port: 8080, host: '10.1.2.3' },
    { controlUrl: `http://127.0.0.1:${port()}`, token, onRetry: () => {} },
  )
const connect = async (id: string) => {
  const node = await connectTestNode(port(), id, { token })
  nodes.push(node)
  return node
}
const ask = async (path: string, init: RequestInit = {}) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(`http://127.0.0.1:${port()}${path}`, { ...init, headers })
  return { status: answer.status, text: await answer.text() }
}
const targets = async () =>
  (JSON.parse((await ask('/v1/targets')).text) as { labels: { instance: string } }[]).map(
    (group) => group.labels.instance,
  )

test('a node is known from its lease on, at the address that it told', async () => {
  await start()
  const gateway = await lease('gateway', 'container-g', 'eu').then(({ id }) => connect(id))
  const { id } = await lease('orders', 'container-a')
  expect(id).toBe('orders-1')
  await connect(id)
  await eventually(() => expect(gateway.sees('orders')).toEqual(['orders-1']))
  expect(gateway.documents.at(-1)?.endpoints.orders).toEqual([
    { instance: 'orders-1', region: 'na', host: '10.1.2.3', port: 8080 },
  ])
  expect(await targets()).toEqual(['gateway-eu', 'orders-1'])
})

test('more containers of a kind are followed by callers and by what is scraped; who leaves in order is forgotten, who dies is not', async () => {
  await start()
  const gateway = await connect((await lease('gateway', 'g')).id)
  const replicas = []
  for (const holder of ['a', 'b', 'c', 'd']) replicas.push(await connect((await lease('orders', holder)).id))
  await eventually(() => expect(gateway.sees('orders')).toEqual(['orders-1', 'orders-2', 'orders-3', 'orders-4']))
  const [, second, third] = replicas
  third?.say({ type: 'ready', ready: false, reason: 'leaving' })
  third?.close()
  second?.close()
  await eventually(() => expect(gateway.sees('orders')).toEqual(['orders-1', 'orders-4']))
  expect(await targets()).toEqual(['gateway-na', 'orders-1', 'orders-2', 'orders-4'])
  expect((await lease('orders', 'new')).id).toBe('orders-3')
})

test('a node that stays away is given up', async () => {
  await start({ forgetMs: 100 })
  const node = await connect((await lease('users', 'a')).id)
  expect(await targets()).toEqual(['users-1'])
  node.close()
  await eventually(async () => expect(await targets()).toEqual([]))
})

test('after a restart it says nothing until all nodes are back, and then it says it all', async () => {
  const first = await start()
  await connect((await lease('gateway', 'g')).id)
  await connect((await lease('orders', 'a')).id)
  const users = await connect((await lease('users', 'u')).id)
  await eventually(() => expect(first.controlPlane.registry.get('users-1')?.ready).toBe(true))
  const versionBefore = Math.max(...nodes.flatMap(({ documents }) => documents.map(({ version }) => version)))
  await ask('/v1/load', { method: 'PUT', body: JSON.stringify({ requestsPerSecond: 7 }) })
  users.say({ type: 'ready', ready: true })
  await vi.waitFor(() => expect(first.controlPlane.requestsPerSecond()).toBe(7))
  await eventually(async () => {
    expect(readFileSync(join(folder, 'leases.json'), 'utf8')).toContain('"requestsPerSecond":7')
  })
  await first.close()
  nodes.splice(0)

  const second = await start({ warmUpMs: 60_000 })
  const gateway = await connect('gateway-na')
  await connect('orders-1')
  await eventually(() => expect(second.controlPlane.registry.get('orders-1')?.ready).toBe(true))
  // What it would say now is that there is no `users` at all.
  expect(gateway.documents).toEqual([])
  expect(await targets()).toEqual(['gateway-na', 'orders-1', 'users-1'])
  await connect('users-1')
  await eventually(() => expect(gateway.documents).toHaveLength(1))
  expect(gateway.sees('orders')).toEqual(['orders-1'])
  expect(gateway.sees('users')).toEqual(['users-1'])
  expect(gateway.documents[0]?.version).toBeGreaterThanOrEqual(versionBefore)
  expect(second.controlPlane.requestsPerSecond()).toBe(7)
})

describe('policies', () => {
  const setPolicies = (changes: object[]) =>
    ask('/v1/policies', { method: 'PUT', body: JSON.stringify({ changes }) }).then(({ status }) =>
      expect(status).toBe(200),
    )
  const changed = async () => {
    const { calls, kinds, cluster } = JSON.parse((await ask('/v1/policies')).text) as Policies
    return [...calls, ...kinds, cluster].flatMap(({ values, changed, ...place }) => {
      const { defaults: _, ...where } = place
      return changed.map((name) => ({ ...where, name, value: values[name] }))
    })
  }

  test('outlast a restart, and nodes have them in the first document', async () => {
    const first = await start({ setSynchronousReplication: async () => {} })
    await connect((await lease('gateway', 'g')).id)
    await setPolicies([
      { name: 'timeoutMs', value: 750, caller: 'gateway', callee: 'orders' },
      { name: 'timeoutMs', value: 900, caller: 'gateway', callee: 'users' },
      { name: 'idempotency', value: false, kind: 'payments' },
      { name: 'synchronousReplication', value: 'any' },
    ])
    await ask('/v1/policies/timeoutMs?callee=users', { method: 'DELETE' })
    const before = await changed()
    expect(before).toHaveLength(3)
    await first.close()
    nodes.splice(0)

    const second = await start({ setSynchronousReplication: async () => {} })
    const gateway = await connect('gateway-na')
    expect(await changed()).toEqual(before)
    expect(second.controlPlane.policies.value({ scope: 'cluster' }, 'synchronousReplication')).toBe('any')
    await eventually(() => expect(gateway.documents[0]?.policies.orders).toMatchObject({ timeoutMs: 750 }))
    await ask('/v1/policies', { method: 'DELETE' })
    await second.close()
    nodes.splice(0)
    await start()
    expect(await changed()).toEqual([])
  })

  test('that are no longer valid are left out, and the others stand', async () => {
    const good = { name: 'maxInFlight', value: 7, kind: 'orders' }
    const policies = [{ name: 'ofAnotherVersion', value: 1 }, good, { name: 'breaker', value: 3 }]
    writeFileSync(policyFile(), JSON.stringify({ format: 1, policies }))
    await start()
    expect(await changed()).toEqual([{ kind: 'orders', name: 'maxInFlight', value: 7 }])
  })

  test.each([
    ['half a file', '{"format":1,"policies":[{"na'],
    ['another format', '{"format":2,"policies":[]}'],
    ['more than there can be', 'x'.repeat(600 * 1024)],
  ])('%s is set aside, and all are at their defaults', async (_, text) => {
    writeFileSync(policyFile(), text)
    await start()
    expect(await changed()).toEqual([])
    expect(readFileSync(`${policyFile()}.bad`, 'utf8')).toBe(text)
    await setPolicies([{ name: 'maxInFlight', value: 7, kind: 'orders' }])
    expect(JSON.parse(readFileSync(policyFile(), 'utf8'))).toMatchObject({ policies: [{ value: 7 }] })
  })
})

test('it does not wait for ever for a node that is not coming back', async () => {
  const first = await start()
  for (const kind of ['gateway', 'orders', 'users'] as const) await connect((await lease(kind, kind)).id)
  await first.close()
  nodes.splice(0)
  await start({ warmUpMs: 300 })
  const gateway = await connect('gateway-na')
  await connect('orders-1')
  await eventually(() => expect(gateway.sees('orders')).toEqual(['orders-1']))
  expect(gateway.sees('users')).toEqual([])
})

test('a node is restarted by telling it to leave; everything else says which command does it', async () => {
  await start()
  const node = await connect((await lease('orders', 'a')).id)
  const restarted = ask('/v1/nodes/orders-1/restart', { method: 'POST' })
  await eventually(() => expect(node.drained()).toBe(true))
  node.say({ type: 'ready', ready: false, reason: 'leaving' })
  node.close()
  // Its container starts it again.
  await eventually(() => expect(running?.controlPlane.registry.get('orders-1')).toBeUndefined())
  await connect((await lease('orders', 'a')).id)
  expect(await restarted).toMatchObject({ status: 200 })
  const refused = [
    await ask('/v1/scale', { method: 'PUT', body: JSON.stringify({ kind: 'orders', replicas: 4 }) }),
    await ask('/v1/nodes/orders-1/kill', { method: 'POST' }),
    await ask('/v1/shutdown', { method: 'POST' }),
  ]
  expect(refused.map(({ status }) => status)).toEqual([409, 409, 409])
  expect(refused[0]?.text).toContain('--scale orders=4')
  expect(await ask('/v1/nodes/orders-9/restart', { method: 'POST' })).toMatchObject({ status: 404 })
})

describe('the ledger', () => {
  const founders = ['ledger-na', 'ledger-eu', 'ledger-asia']
  const regions = ['na', 'eu', 'asia'] as const
  const leaseAll = () => Promise.all(regions.map((region) => lease('ledger', region, region)))

  test('is founded once: by its first nodes, as often as they start before all of them have been there', async () => {
    await start()
    expect(await leaseAll()).toMatchObject(founders.map((id) => ({ id, ledgerFounders: founders })))
    for (const id of founders.slice(0, 2)) await connect(id)
    await eventually(() => expect(running?.controlPlane.registry.get('ledger-eu')?.ready).toBe(true))
    expect(await lease('ledger', 'na', 'na')).toMatchObject({ ledgerFounders: founders })
    await connect('ledger-na')
    await connect('ledger-asia')
    await eventually(async () => expect(await lease('ledger', 'eu', 'eu')).not.toHaveProperty('ledgerFounders'))
  })

  test('is not founded again, whatever becomes of a disk or of the control plane', async () => {
    const first = await start()
    await leaseAll()
    for (const id of founders) await connect(id)
    await eventually(async () => expect(await lease('ledger', 'eu', 'eu')).not.toHaveProperty('ledgerFounders'))
    await first.close()
    nodes.splice(0)
    await start()
    // Other containers, in the places of those that are gone.
    for (const region of regions) expect(await lease('ledger', region, region)).not.toHaveProperty('ledgerFounders')
  })

  test('loses a further node that has left, and none of the first', async () => {
    await start()
    for (const { id } of await leaseAll()) await connect(id)
    const further = await connect((await lease('ledger', 'another', 'eu')).id)
    expect(running?.controlPlane.registry.get('ledger-eu-2')).toBeDefined()
    const leaving = () => nodes[0]?.documents.at(-1)?.settings
    for (const node of [further, nodes[1]]) {
      node?.say({ type: 'ready', ready: false, reason: 'leaving' })
      node?.close()
    }
    await eventually(() => expect(leaving()).toEqual({ leaving: ['ledger-eu-2'] }))
    await eventually(() => expect(running?.controlPlane.registry.get('ledger-eu')).toBeUndefined())
    expect(leaving()).toEqual({ leaving: ['ledger-eu-2'] })
    await lease('ledger', 'another', 'eu')
    await eventually(() => expect(leaving()).toEqual({ leaving: [] }))
  })
})

test('which commits count is for whoever may change the database', async () => {
  const modes: string[] = []
  const policy = (value: string) =>
    ask('/v1/policies/synchronousReplication', { method: 'PUT', body: JSON.stringify({ value }) })
  await start()
  expect(await policy('all')).toMatchObject({ status: 409 })
  await running?.close()
  await start({ setSynchronousReplication: async (mode) => void modes.push(mode) })
  expect(await policy('all')).toMatchObject({ status: 200 })
  expect(modes).toEqual(['all'])
})

test('what is scaled or killed is named as docker-compose.yml has it', async () => {
  await start()
  await lease('edge', 'e', 'eu')
  const scale = (kind: string) =>
    ask('/v1/scale', { method: 'PUT', body: JSON.stringify({ kind, replicas: 2 }) }).then(({ text }) => text)
  expect(await scale('products')).toContain('--scale products-na=2 --scale products-eu=2 --scale products-asia=2')
  expect((await ask('/v1/nodes/edge-eu/kill', { method: 'POST' })).text).toContain('docker compose kill edge-eu')
})

test('a lease needs the token and a place that there is', async () => {
  await start()
  const options = { controlUrl: `http://127.0.0.1:${port()}`, onRetry: () => {} }
  const body = { kind: 'orders', region: 'na', holder: 'a', port: 8080 } as const
  await expect(takeLease(body, { ...options, token: 'wrong' })).rejects.toThrow('401')
  await expect(takeLease({ ...body, region: 'eu' }, { ...options, token })).rejects.toThrow('orders stands in na')
  const { id } = await takeLease(body, { ...options, token })
  // It told no address: the one that it asked from counts.
  expect(running?.controlPlane.registry.get(id)?.host).toBe('127.0.0.1')
})
