import type { RequestListener } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { captureLog } from '../../test/captured-log.ts'
import { until } from '../../test/until.ts'
import type { CallRequest } from '../kit/calls/caller.ts'
import { createFakeControl, type FakeReplica, startReplica } from '../kit/calls/fake-cluster.ts'
import type { Region } from '../kit/control/document.ts'
import { createEdges } from './edges.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const page: CallRequest = { method: 'GET', path: '/', route: '/', idempotent: true }
const signUp: CallRequest = { method: 'POST', path: '/api/users', route: '/api/*path', idempotent: false }

type FakeEdge = FakeReplica & { healthy: boolean; answer: RequestListener }

async function startEdge(region: Region): Promise<FakeEdge> {
  const state = { healthy: true, answer: ((_request, response) => response.end(region)) as RequestListener }
  const replica = await startReplica(
    `edge-${region}`,
    (request, response) => {
      if (request.url === '/region-health') response.writeHead(state.healthy ? 200 : 503).end()
      else state.answer(request, response)
    },
    region,
  )
  cleanups.push(() => replica.kill())
  return Object.assign(state, replica)
}

async function setUp() {
  const [na, eu, asia] = await Promise.all([startEdge('na'), startEdge('eu'), startEdge('asia')])
  const endpoints = { edge: [na, eu, asia].map(({ endpoint }) => endpoint) }
  const delays = { na: { eu: 1, asia: 3 }, eu: { na: 1, asia: 4 }, asia: { na: 3, eu: 4 } }
  const control = createFakeControl({ endpoints, delays, policies: { edge: { backoffMs: 1 } } })
  const { log, lines } = captureLog()
  const edges = createEdges({ control, log, probeEveryMs: 10 })
  cleanups.push(() => edges.close())
  const servedBy = async (customer: Region, call = page) => String((await edges.byCustomer[customer].call(call)).body)
  return { na, eu, asia, control, edges, lines, servedBy }
}

test('each customer is served by the edge of their region', async () => {
  const { servedBy } = await setUp()
  expect([await servedBy('na'), await servedBy('eu'), await servedBy('asia')]).toEqual(['na', 'eu', 'asia'])
})

test('before any probe, a dead edge costs its customers nothing: the nearest other serves them, even what must not be sent twice', async () => {
  const { eu, servedBy } = await setUp()
  await eu.kill()
  expect([await servedBy('eu'), await servedBy('eu', signUp), await servedBy('asia')]).toEqual(['na', 'na', 'asia'])
})

test('an edge that finds no gateway is passed over at once for what may be repeated, and never for what may not', async () => {
  const { eu, servedBy, edges } = await setUp()
  eu.answer = (_request, response) => response.writeHead(503, { 'x-origin-unreachable': 'gateway' }).end('eu')
  expect(await servedBy('eu')).toBe('na')
  expect((await edges.byCustomer.eu.call(signUp)).status).toBe(503)
})

test.each<[string, Record<string, string>]>([
  ['a failure that an edge only passes on', {}],
  ['a file that no edge can fetch', { 'x-origin-unreachable': 'media' }],
])('%s is the answer', async (_, headers) => {
  const { eu, edges } = await setUp()
  eu.answer = (_request, response) => response.writeHead(503, headers).end('away')
  for (let i = 0; i < 20; i += 1) expect(String((await edges.byCustomer.eu.call(page)).body)).toBe('away')
})

test('probes find a dark region, send its customers elsewhere, and bring them back', async () => {
  const { eu, edges, servedBy, lines } = await setUp()
  edges.start()
  eu.healthy = false
  await until('eu is dark', () => edges.darkRegions().includes('eu'))
  expect([await servedBy('eu'), await servedBy('eu', signUp), await servedBy('na')]).toEqual(['na', 'na', 'na'])
  eu.healthy = true
  await until('eu is back', () => edges.darkRegions().length === 0)
  expect(await servedBy('eu', signUp)).toBe('eu')
  expect(lines.map((line) => JSON.parse(line)).filter(({ edges }) => edges)).toMatchObject([
    { edges: 'eu', msg: 'region is dark: its customers go elsewhere' },
    { edges: 'eu', msg: 'region is back' },
  ])
})

test('when all regions look dark, customers stay where they are', async () => {
  const { na, eu, asia, edges, servedBy } = await setUp()
  edges.start()
  for (const edge of [na, eu, asia]) edge.healthy = false
  await until('all are dark', () => edges.darkRegions().length === 3)
  expect([await servedBy('na'), await servedBy('eu'), await servedBy('asia')]).toEqual(['na', 'eu', 'asia'])
})

test('a region without an edge is not probed, and its customers go to the nearest', async () => {
  const { control, na, edges, servedBy } = await setUp()
  control.set({ endpoints: { edge: [na.endpoint] } })
  let probes = 0
  na.server.on('request', ({ url }) => {
    probes += url === '/region-health' ? 1 : 0
  })
  edges.start()
  await until('na was probed', () => probes > 3)
  expect(edges.darkRegions()).toEqual([])
  expect([await servedBy('eu'), await servedBy('asia')]).toEqual(['na', 'na'])
})
