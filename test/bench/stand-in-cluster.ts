// A whole cluster's APIs as the console asks them, made up: figures that go up and down, series and traces that come and go, so that what
// a page forgets to let go is seen to pile up. It counts what it was asked.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const kinds = [
  'load',
  'frontdoor',
  'edge',
  'gateway',
  'orders',
  'payments',
  'products',
  'users',
  'ledger',
  'fulfilment',
]
const POINTS = 240

export type StandIn = { url: string; asked: Map<string, number>; close(): void }

/** Listens on a free port of 127.0.0.1. `/jaeger`, `/prometheus` and `/control` stand below its address. */
export async function serveStandIn(): Promise<StandIn> {
  const asked = new Map<string, number>()
  const server: Server = createServer((request, response) => {
    void answer(request).then((body) => {
      const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
      asked.set(pathname, (asked.get(pathname) ?? 0) + 1)
      response.setHeader('content-type', 'application/json')
      response.statusCode = body === undefined ? 404 : 200
      response.end(JSON.stringify(body ?? { detail: 'there is no such thing here' }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => server.close().closeAllConnections(),
  }
}

async function answer(request: IncomingMessage): Promise<unknown> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
  const nowMs = Date.now()
  const [, api = '', ...rest] = pathname.split('/')
  const path = `/${rest.join('/')}`
  if (api === 'control') return control(path, nowMs)
  if (api === 'jaeger') return jaeger(path, nowMs)
  // Long queries come as forms.
  const form = new URLSearchParams(await text(request))
  return prometheus(path, (name) => searchParams.get(name) ?? form.get(name) ?? '', nowMs)
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** Between 0 and 1, another one each second, the same for everybody who asks at the same time. */
function wave(index: number, ms: number): number {
  return 0.5 + 0.45 * Math.sin(ms / 7_000 + index)
}

function control(path: string, nowMs: number): unknown {
  if (path === '/v1/status') return { version: 'stand-in', size: 'small', requestsPerSecond: 20, nodes: nodes(nowMs) }
  if (path === '/v1/faults/catalogue') return { faults: [] }
  if (path === '/v1/faults') return { faults: [] }
  return undefined
}

/** One of them comes and goes every ten seconds. */
function nodes(nowMs: number) {
  const extra = Math.floor(nowMs / 10_000) % 2 === 0 ? [`orders-${2 + (Math.floor(nowMs / 20_000) % 5)}`] : []
  return [...kinds.map((kind) => `${kind}-1`), ...extra].map((id) => ({
    id,
    kind: id.split('-')[0] ?? '',
    region: ['load', 'frontdoor'].includes(id.split('-')[0] ?? '') ? 'global' : 'na',
    role: 'node',
    pid: 4_000,
    address: null,
    state: 'running',
    ready: true,
    reason: null,
    restarts: 0,
    memoryBytes: 4e7,
    appliedVersion: 1,
    uptimeS: Math.floor(nowMs / 1000) % 10_000,
  }))
}

/** Labels enough for every query of the console; the last series is another one each half minute. */
function seriesAt(nowMs: number) {
  return kinds.map((kind, index) => {
    const callee = kinds[index + 1] ?? kinds[1] ?? ''
    const passing = index === kinds.length - 1 ? { version: `v${Math.floor(nowMs / 30_000)}` } : { version: 'v1' }
    return {
      instance: `${kind}-1`,
      service: kind,
      callee,
      callee_instance: `${callee}-1`,
      region: 'na',
      customer_region: ['na', 'eu', 'asia'][index % 3] ?? 'na',
      alertname: `Alert${index}`,
      http_route: `/things/${index}`,
      outcome: 'ok',
      state: 'healthy',
      le: ['0.01', '0.1', '1', '+Inf'][index % 4] ?? '+Inf',
      ...passing,
    }
  })
}

function prometheus(path: string, parameter: (name: string) => string, nowMs: number): unknown {
  const success = (data: unknown) => ({ status: 'success', data })
  const seconds = (name: string) => Number(parameter(name)) || nowMs / 1000
  const all = seriesAt(nowMs)
  switch (path.replace('/api/v1/', '')) {
    case 'query':
      return success({
        resultType: 'vector',
        result: all.map((metric, index) => ({ metric, value: [nowMs / 1000, String(10 * wave(index, nowMs))] })),
      })
    case 'query_range': {
      const [start, end, step] = [seconds('start'), seconds('end'), Number(parameter('step')) || 5]
      const count = Math.min(POINTS * 3, Math.floor((end - start) / step) + 1)
      const valuesOf = (index: number) =>
        Array.from({ length: count }, (_, at) => [
          start + at * step,
          String(10 * wave(index, (start + at * step) * 1000)),
        ])
      return success({
        resultType: 'matrix',
        result: all.map((metric, index) => ({ metric, values: valuesOf(index) })),
      })
    }
    case 'query_exemplars':
      return success([
        {
          seriesLabels: all[0],
          exemplars: Array.from({ length: 40 }, (_, at) => ({
            labels: { trace_id: traceId(nowMs + at) },
            value: String(10 * wave(at, nowMs)),
            timestamp: nowMs / 1000 - at * 5,
          })),
        },
      ])
    case 'alerts':
      return success({ alerts: [] })
    case 'metadata':
      return success({})
    default:
      return success([...kinds])
  }
}

function jaeger(path: string, nowMs: number): unknown {
  if (path === '/api/services') return { data: kinds }
  if (path === '/api/operations') return { data: [{ name: 'GET /things' }] }
  if (path === '/api/traces') return { data: Array.from({ length: 60 }, (_, at) => trace(traceId(nowMs + at), nowMs)) }
  if (path.startsWith('/api/traces/')) return { data: [trace(path.slice('/api/traces/'.length), nowMs)] }
  return { data: [] }
}

function traceId(seed: number): string {
  return Math.floor(seed).toString(16).padStart(32, '0')
}

function trace(traceID: string, nowMs: number) {
  const processes = Object.fromEntries(
    kinds.map((kind, at) => [
      `p${at}`,
      { serviceName: kind, tags: [{ key: 'service.instance.id', value: `${kind}-1` }] },
    ]),
  )
  const spans = Array.from({ length: 40 }, (_, index) => ({
    traceID,
    spanID: (index + 1).toString(16).padStart(16, '0'),
    operationName: `GET /things/${index}`,
    references: index === 0 ? [] : [{ refType: 'CHILD_OF', traceID, spanID: index.toString(16).padStart(16, '0') }],
    startTime: (nowMs - 10_000) * 1000 + index * 500,
    duration: 60_000 - index * 1_000,
    processID: `p${index % kinds.length}`,
    tags: [{ key: 'span.kind', value: index % 2 ? 'client' : 'server' }],
    logs: [],
  }))
  return { traceID, spans, processes }
}
