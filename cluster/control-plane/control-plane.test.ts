import { connect } from 'node:net'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { HttpError } from '../../services/kit/http/errors.ts'
import { nodesFor } from '../topology/nodes.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import type { Supervision } from './supervision.ts'
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
const calls: string[] = []
const supervision: Supervision = {
  processes: async () => [
    {
      id: 'orders-1',
      kind: 'orders',
      region: 'na',
      role: 'node',
      pid: 42,
      address: '127.0.0.1:18001',
      state: 'running',
      restarts: 1,
      memoryBytes: 1000,
      uptimeS: 3,
    },
    {
      id: 'postgres-na',
      kind: 'postgres',
      region: 'na',
      role: 'primary',
      pid: 43,
      address: '127.0.0.1:15432',
      state: 'running',
      ready: true,
      restarts: 0,
      memoryBytes: 500,
      uptimeS: 3,
    },
  ],
  scale: async (kind, replicas) => {
    if (kind === 'media') throw new HttpError(409, 'not_scalable', 'media does not scale')
    calls.push(`scale ${kind} ${replicas}`)
    return { added: ['orders-3'], removed: [] }
  },
  restart: async (id) => void calls.push(`restart ${id}`),
  kill: async (id) => {
    if (id !== 'orders-1') throw new HttpError(404, 'unknown_node', `there is no node ${id}`)
    return { pid: 42 }
  },
  setSynchronousReplication: async (mode) => {
    if (mode === 'all') throw new HttpError(409, 'no_replica', 'there is no replica')
    calls.push(`synchronous ${mode}`)
  },
  shutdown: () => void calls.push('shutdown'),
}

let plane: ControlPlane
const nodes: TestNode[] = []

beforeEach(async () => {
  calls.length = 0
  plane = await startControlPlane(
    {
      log: pino({ level: 'silent' }),
      token,
      version: '0.1.0',
      size: 'full',
      startedAt: new Date(),
      supervision,
      urls: () => urls,
      otherTargets: () => [{ id: 'backend-1', kind: 'backend', region: 'global', address: '127.0.0.1:9090' }],
      pingEveryMs: 50,
      silenceMs: 400,
    },
    { host: '127.0.0.1', port: 0 },
  )
  for (const node of nodesFor('full')) plane.registry.register(node, '127.0.0.1', 18_000)
})

afterEach(async () => {
  for (const node of nodes.splice(0)) node.close()
  await plane.close()
})

async function join(id: string, options: { ready?: boolean; applies?: boolean } = {}): Promise<TestNode> {
  const node = await connectTestNode(plane.port, id, { token, ...options })
  nodes.push(node)
  return node
}

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 5 })

function ask(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${plane.port}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers },
  })
}

test('a node gets its document at once, and again when a callee becomes ready or leaves', async () => {
  const gateway = await join('gateway-eu')
  await eventually(() => expect(gateway.documents).toHaveLength(1))
  expect(gateway.documents[0]?.endpoints).toEqual({ products: [], users: [], recommendations: [], orders: [] })
  expect(gateway.documents[0]?.delays['eu']).toEqual({ na: 45, asia: 100 })

  const orders = await join('orders-1', { ready: false })
  const users = await join('users-1')
  await eventually(() => expect(gateway.sees('users')).toEqual(['users-1']))
  expect(gateway.sees('orders')).toEqual([])
  orders.say({ type: 'ready', ready: true })
  await eventually(() => expect(gateway.sees('orders')).toEqual(['orders-1']))

  users.close()
  await eventually(() => expect(gateway.sees('users')).toEqual([]))
  const versions = gateway.documents.map((document) => document.version)
  expect(versions).toEqual(versions.toSorted((a, b) => a - b))
})

test('several changes within a moment are one document, and no change is none', async () => {
  const gateway = await join('gateway-na')
  await eventually(() => expect(gateway.documents).toHaveLength(1))
  const orders = await join('orders-1')
  await eventually(() => expect(gateway.sees('orders')).toEqual(['orders-1']))
  const before = gateway.documents.length
  orders.say({ type: 'ready', ready: false })
  orders.say({ type: 'ready', ready: true })
  orders.say({ type: 'ready', ready: false })
  await eventually(() => expect(gateway.sees('orders')).toEqual([]))
  expect(gateway.documents.length).toBe(before + 1)
  plane.setLoad(33)
  const load = await join('load-1')
  await eventually(() => expect(load.documents[0]?.settings).toEqual({ requestsPerSecond: 33 }))
  expect(gateway.documents.length).toBe(before + 1)
})

test('a node that stops answering pings is out', async () => {
  const frontdoor = await join('frontdoor-1')
  const edge = await join('edge-na')
  await eventually(() => expect(frontdoor.sees('edge')).toEqual(['edge-na']))
  // What a frozen process does: its kernel holds the connection, nobody reads.
  edge.socket.pause()
  await eventually(() => expect(frontdoor.sees('edge')).toEqual([]))
})

test('draining waits until the others have applied, then tells the node', async () => {
  const orders = await join('orders-2')
  const slow = await join('gateway-na', { applies: false })
  await eventually(() => expect(slow.sees('orders')).toEqual(['orders-2']))
  const drained = plane.drain('orders-2')
  await eventually(() => expect(slow.sees('orders')).toEqual([]))
  expect(orders.drained()).toBe(false)
  slow.say({ type: 'applied', version: slow.documents.at(-1)?.version ?? 0 })
  expect(await drained).toBe(true)
  await eventually(() => expect(orders.drained()).toBe(true))
})

test('a stream without the token, of an unknown node or elsewhere is refused', async () => {
  await expect(connectTestNode(plane.port, 'users-1', { token: 'wrong' })).rejects.toThrow('401')
  await expect(connectTestNode(plane.port, 'users-9', { token })).rejects.toThrow('404')
})

test('a stream that talks nonsense is closed', async () => {
  const node = await join('users-1')
  node.socket.send('{"type":"hello"}')
  await eventually(() => expect(node.closed()).toBe(true))
})

test.each([
  ['no token', { authorization: '' }, 401],
  ['a wrong token', { authorization: 'Bearer nope' }, 401],
  ['another scheme', { authorization: `Basic ${token}` }, 401],
  ['a foreign origin', { origin: 'http://evil.example' }, 403],
  ['the null origin', { origin: 'null' }, 403],
])('%s is refused, for reads too', async (_, headers, status) => {
  const answer = await ask('/v1/status', { headers })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
})

/** The first of what is answered to these lines. */
function raw(...lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(plane.port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`))
    socket.once('data', (data) => {
      socket.destroy()
      resolve(String(data))
    })
    socket.once('error', reject)
  })
}

test('a rebound DNS name is refused', async () => {
  const answer = await raw('GET /v1/status HTTP/1.1', 'Host: evil.example', `Authorization: Bearer ${token}`)
  expect(answer).toMatch(/^HTTP\/1.1 403/)
})

test.each([
  ['//', `Authorization: Bearer ${token}`, 404],
  ['http://[', `Authorization: Bearer ${token}`, 404],
  ['//', 'Accept: */*', 401],
])('a stream at %s is refused, and nothing else comes of it', async (path, header, status) => {
  const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
  expect(await raw(`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${plane.port}`, header, ...upgrade)).toMatch(
    `HTTP/1.1 ${status}`,
  )
})

test('its own origin is welcome', async () => {
  const answer = await ask('/v1/endpoints', { headers: { origin: `http://127.0.0.1:${plane.port}` } })
  expect(await answer.json()).toEqual(urls)
})

test('status joins what the supervisor and the streams know', async () => {
  await join('orders-1')
  await eventually(() => expect(plane.registry.get('orders-1')).toMatchObject({ ready: true, appliedVersion: 1 }))
  const status = (await (await ask('/v1/status')).json()) as { nodes: unknown[]; memoryBytes: number }
  expect(status.memoryBytes).toBe(1500)
  expect(status.nodes).toMatchObject([
    { id: 'orders-1', ready: true, appliedVersion: 1, restarts: 1 },
    { id: 'postgres-na', ready: true, appliedVersion: null },
  ])
})

test('what to scrape is told as Prometheus reads it', async () => {
  await join('edge-eu', { ready: false })
  const answer = await ask('/v1/targets')
  // Prometheus insists on exactly this type.
  expect(answer.headers.get('content-type')).toMatch(/^application\/json(; charset=utf-8)?$/)
  const labels = { job: 'faultline', service: 'edge', instance: 'edge-eu', region: 'eu' }
  const backend = { job: 'faultline', service: 'backend', instance: 'backend-1', region: 'global' }
  expect(await answer.json()).toEqual([
    { targets: ['127.0.0.1:18000'], labels },
    { targets: ['127.0.0.1:9090'], labels: backend },
  ])
})

test('a node that died is still to be scraped, one that starts or leaves is not', async () => {
  const targets = async () => {
    const groups = (await (await ask('/v1/targets')).json()) as { labels: { instance: string } }[]
    return groups.map(({ labels }) => labels.instance)
  }
  expect(await targets()).toEqual(['backend-1'])
  const died = await join('orders-1')
  const left = await join('orders-2')
  expect(await targets()).toEqual(['orders-1', 'orders-2', 'backend-1'])
  died.close()
  void plane.drain('orders-2')
  left.close()
  await eventually(() => expect(plane.registry.connected()).toEqual([]))
  expect(await targets()).toEqual(['orders-1', 'backend-1'])
})

test('the load is set, told to the generator and annotated', async () => {
  const load = await join('load-1')
  const answer = await ask('/v1/load', { method: 'PUT', body: JSON.stringify({ requestsPerSecond: 12.5 }) })
  expect(await answer.json()).toEqual({ requestsPerSecond: 12.5 })
  await eventually(() => expect(load.documents.at(-1)?.settings).toEqual({ requestsPerSecond: 12.5 }))
  const { annotations } = (await (await ask('/v1/annotations')).json()) as { annotations: unknown[] }
  expect(annotations).toMatchObject([{ kind: 'load', subject: 'cluster', text: 'load is 12.5 requests/s' }])
  const scrape = await fetch(`http://127.0.0.1:${plane.port}/metrics`)
  const text = await scrape.text()
  expect(text).toContain('faultline_changes_total{change="load",subject="cluster"} 1')
  const [, timeS] = /^faultline_change_timestamp_seconds\{change="load",subject="cluster"\} (\S+)$/m.exec(text) ?? []
  expect(Number(timeS) * 1000).toBeCloseTo(Date.parse((annotations[0] as { time: string }).time), 0)
})

test.each([
  ['PUT', '/v1/load', { requestsPerSecond: -1 }, 400, 'requestsPerSecond'],
  ['PUT', '/v1/load', { requestsPerSecond: '20' }, 400, 'requestsPerSecond'],
  ['PUT', '/v1/scale', { kind: 'nope', replicas: 2 }, 400, 'kind'],
  ['PUT', '/v1/scale', { kind: 'orders', replicas: 9 }, 400, 'replicas'],
  ['PUT', '/v1/scale', { kind: 'media', replicas: 2 }, 409, 'media does not scale'],
  ['POST', '/v1/nodes/orders-7/kill', {}, 404, 'orders-7'],
  ['GET', '/v1/nothing', undefined, 404, '/v1/nothing'],
  ['PUT', '/v1/load', { requestsPerSecond: 1, padding: 'x'.repeat(20_000) }, 413, 'larger'],
])('%s %s %j is answered %i', async (method, path, body, status, names) => {
  const answer = await ask(path, { method, ...(body ? { body: JSON.stringify(body) } : {}) })
  expect(answer.status).toBe(status)
  expect(await answer.text()).toContain(names)
})

test('changes of processes go to the supervision', async () => {
  expect(await (await ask('/v1/nodes/orders-1/kill', { method: 'POST' })).json()).toEqual({ pid: 42 })
  await ask('/v1/nodes/users-1/restart', { method: 'POST' })
  await ask('/v1/scale', { method: 'PUT', body: JSON.stringify({ kind: 'orders', replicas: 3 }) })
  const answer = await ask('/v1/shutdown', { method: 'POST' })
  expect(answer.status).toBe(202)
  await eventually(() => expect(calls).toEqual(['restart users-1', 'scale orders 3', 'shutdown']))
})

test.each(['/metrics', '/v1/openapi.json'])('%s is there without a token, and not for a foreign page', async (path) => {
  const get = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${plane.port}${path}`, { headers })
  expect((await get({})).status).toBe(200)
  expect((await get({ origin: 'http://evil.example' })).status).toBe(403)
})

describe('policies', () => {
  const put = (path: string, body: unknown) => ask(path, { method: 'PUT', body: JSON.stringify(body) })

  test('a change reaches the callers within a moment, leaves an annotation, and can be taken back', async () => {
    const gateway = await join('gateway-eu')
    const orders = await join('orders-1')
    const answer = await put('/v1/policies/timeoutMs', { value: 750, caller: 'gateway', callee: 'orders' })
    const change = { name: 'timeoutMs', value: 750, before: 4_000, caller: 'gateway', callee: 'orders' }
    expect(await answer.json()).toEqual({ changed: [change], applied: true })
    expect(gateway.documents.at(-1)?.policies['orders']).toEqual({ timeoutMs: 750 })
    expect(orders.documents.at(-1)?.policies).toEqual({})

    await put('/v1/policies/queueDiscipline', { value: 'lifo', kind: 'orders' })
    expect(orders.documents.at(-1)?.policy).toEqual({ queueDiscipline: 'lifo' })
    expect(gateway.documents.at(-1)?.policy).toEqual({})

    const reset = await ask('/v1/policies', { method: 'DELETE' })
    expect(await reset.json()).toMatchObject({ changed: [{ value: 4_000 }, { value: 'deadline' }], applied: true })
    expect(gateway.documents.at(-1)?.policies['orders']).toEqual({ timeoutMs: 4_000 })
    expect(orders.documents.at(-1)?.policy).toEqual({})
    expect(plane.annotations.list()).toMatchObject([
      { kind: 'policy', subject: 'gateway', text: 'timeoutMs of gateway → orders is 750 (was 4000)' },
      { kind: 'policy', subject: 'orders', text: 'queueDiscipline of orders is lifo (was deadline)' },
      { kind: 'policy', text: 'timeoutMs of gateway → orders is 4000 (was 750)' },
      { kind: 'policy', text: 'queueDiscipline of orders is deadline (was lifo)' },
    ])
  })

  test('what is in force, by default and changed, can be asked for', async () => {
    await put('/v1/policies', {
      changes: [
        { name: 'retryBudget', value: false },
        { name: 'hedging', value: true, callee: 'products' },
      ],
    })
    const all = (await (await ask('/v1/policies')).json()) as {
      catalogue: unknown[]
      calls: unknown[]
      kinds: unknown[]
    }
    expect(all.catalogue).toContainEqual(
      expect.objectContaining({ name: 'timeoutMs', scope: 'call', unit: 'ms', min: 1, max: 60_000, default: 1_000 }),
    )
    expect(all.calls).toContainEqual(
      expect.objectContaining({ caller: 'orders', callee: 'products', changed: ['retryBudget', 'hedging'] }),
    )
    const one = await ask('/v1/policies?caller=gateway&callee=orders')
    expect(await one.json()).toMatchObject({
      calls: [{ values: { timeoutMs: 4_000, retryBudget: false }, changed: ['retryBudget'] }],
      kinds: [],
    })
  })

  test("replication is the supervision's part; where it fails, nothing is changed", async () => {
    expect((await put('/v1/policies/synchronousReplication', { value: 'any' })).status).toBe(200)
    const changes = [
      { name: 'retryBudget', value: false },
      { name: 'synchronousReplication', value: 'all' },
    ]
    const refused = await put('/v1/policies', { changes })
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('no replica')])
    await ask('/v1/policies', { method: 'DELETE' })
    expect(calls).toEqual(['synchronous any', 'synchronous off'])
    expect(plane.annotations.list().map(({ text }) => text)).toEqual([
      'synchronousReplication of the cluster is any (was off)',
      'synchronousReplication of the cluster is off (was any)',
    ])
  })

  test.each([
    ['PUT', '/v1/policies/timeoutMs', { value: 0 }, 'timeoutMs must be a whole number of ms from 1 to 60000'],
    ['PUT', '/v1/policies/nothing', { value: 1 }, 'there is no policy nothing'],
    ['PUT', '/v1/policies/timeoutMs', { value: 1, caller: 'nobody' }, 'caller'],
    ['PUT', '/v1/policies/timeoutMs', { value: 1, target: 'orders' }, 'target'],
    ['PUT', '/v1/policies', { changes: [] }, 'changes'],
    ['DELETE', '/v1/policies/nothing', undefined, 'there is no policy nothing'],
    ['GET', '/v1/policies?caller=media', undefined, 'media calls nobody'],
  ])('%s %s %j is refused: %s', async (method, path, body, names) => {
    const answer = await ask(path, { method, ...(body ? { body: JSON.stringify(body) } : {}) })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain(names)
  })
})

test('faults over the API: told to their targets at once, in the metrics, and gone when cleared', async () => {
  const gateway = await join('gateway-na')
  const orders = await join('orders-1')
  const body = { fault: 'latency', from: 'gateway-na', to: 'orders-1', parameters: { delayMs: 120 }, forS: 30 }
  const answer = await ask('/v1/faults', { method: 'POST', body: JSON.stringify(body) })
  expect(answer.status).toBe(201)
  expect(await answer.json()).toMatchObject({ id: 'latency-1', target: 'gateway-na → orders-1', applied: true })
  expect(gateway.documents.at(-1)?.faults).toMatchObject([{ instance: 'latency-1', to: ['orders-1'] }])
  expect(orders.documents.at(-1)?.faults).toMatchObject([{ instance: 'latency-1', from: ['gateway-na'] }])
  const remainingMs = gateway.documents.at(-1)?.faults[0]?.remainingMs ?? 0
  expect(remainingMs).toBeGreaterThan(20_000)
  expect(remainingMs).toBeLessThanOrEqual(30_000)
  const metrics = async () => (await fetch(`http://127.0.0.1:${plane.port}/metrics`)).text()
  expect(await metrics()).toContain('faultline_fault_active{fault="latency",target="gateway-na → orders-1"} 1')

  const cleared = await ask('/v1/faults', { method: 'DELETE' })
  expect(await cleared.json()).toEqual({ cleared: ['latency-1'], applied: true })
  expect(gateway.documents.at(-1)?.faults).toEqual([])
})

test('a secret fault is in the list of who holds the token, and nowhere else', async () => {
  const gateway = await join('gateway-na')
  const body = { fault: 'blackhole', from: 'gateway-na', to: 'orders', secret: true }
  expect((await ask('/v1/faults', { method: 'POST', body: JSON.stringify(body) })).status).toBe(201)
  await eventually(() => expect(gateway.documents.at(-1)?.faults).toHaveLength(1))
  expect(await (await ask('/v1/faults')).text()).toContain('blackhole')
  expect((await fetch(`http://127.0.0.1:${plane.port}/v1/faults`)).status).toBe(401)
  expect(await (await ask('/v1/annotations')).text()).not.toMatch(/blackhole|fault/)
  expect(await (await fetch(`http://127.0.0.1:${plane.port}/metrics`)).text()).not.toContain('blackhole')
})

test('what is wrong with an injection is told by field', async () => {
  const body = { fault: 'latency', from: 'gateway-na', to: 'orders-1', parameters: { delayMs: 90_000 }, forS: 0 }
  const late = await ask('/v1/faults', { method: 'POST', body: JSON.stringify(body) })
  expect(late.status).toBe(400)
  expect(await late.json()).toMatchObject({
    errors: [{ field: 'forS', message: expect.stringContaining('0.1 to 3600') }],
  })
  const wrong = await ask('/v1/faults', { method: 'POST', body: JSON.stringify({ ...body, forS: 5 }) })
  expect(await wrong.json()).toMatchObject({
    errors: [{ field: 'delayMs', message: 'must be a number of milliseconds from 1 to 30000' }],
  })
})

test('the catalogue tells parameters with unit, range and default', async () => {
  const { faults } = (await (await ask('/v1/faults/catalogue')).json()) as {
    faults: { id: string; parameters: unknown[] }[]
  }
  expect(faults.find(({ id }) => id === 'latency')?.parameters[0]).toEqual({
    name: 'delayMs',
    description: 'added to each chunk, one way',
    schema: { type: 'number', minimum: 1, maximum: 30_000, unit: 'milliseconds' },
    default: 300,
  })
})
