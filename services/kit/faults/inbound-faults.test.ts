// What becomes of requests under faults of the application, over real HTTP: beside others that are slow or fail without any.
import { context, type Span, trace } from '@opentelemetry/api'
import { type RPCMetadata, RPCType, setRPCMetadata } from '@opentelemetry/core'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { Router } from 'express'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { createMetrics } from '../../../otel/sdk/metrics/create-metrics.ts'
import { captureLog } from '../../../test/captured-log.ts'
import { scrapeText, seriesOf } from '../../../test/scrape.ts'
import { until } from '../../../test/until.ts'
import { defineApi } from '../http/api.ts'
import { currentScope } from '../http/deadline.ts'
import { HttpError } from '../http/errors.ts'
import { namedRoute } from '../http/named-route.ts'
import { createRoutes } from '../http/routes.ts'
import { createServiceApp, listen } from '../http/server.ts'
import { InboundFaults } from './inbound-faults.ts'
import { active } from './test-fault.ts'

const thing = { params: z.object({ id: z.string().max(9) }), response: z.unknown() }
const api = defineApi({
  find: { method: 'GET', path: '/things/:id', summary: 'A thing', ...thing },
  make: { method: 'POST', path: '/things/:id', summary: 'Makes a thing', ...thing, body: z.object({}), status: 201 },
})

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

let exporter: InMemorySpanExporter
beforeEach(() => {
  exporter = new InMemorySpanExporter()
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  provider.register()
  cleanups.push(() => {
    trace.disable()
    context.disable()
    return provider.shutdown()
  })
})

type Served = { deadlineAtMs: number | undefined; isEnded: boolean | undefined }

/** A node with one route of a table and one beside it; `bug` and `busy` are things that it fails for by itself. */
async function startNode() {
  const metrics = createMetrics()
  const { log, lines } = captureLog()
  const served: Served[] = []
  const serve = (id: unknown) => {
    const scope = currentScope()
    served.push({ deadlineAtMs: scope?.deadlineAtMs, isEnded: scope?.signal.aborted })
    if (id === 'bug') return (undefined as unknown as { id: string }).id
    if (id === 'busy') throw new HttpError(503, 'unavailable', 'this node is not able to answer at the moment')
    return { id }
  }
  const table = createRoutes(api, { find: ({ params }) => serve(params.id), make: ({ params }) => serve(params.id) })
  const beside = Router().get('/files/:file', namedRoute('/files/:file'), ({ params }, response) => {
    response.json(serve(params['file']))
  })
  const point = new InboundFaults('orders-1')
  const spans: Span[] = []
  const routes: RPCMetadata[] = []
  const inbound: Pick<InboundFaults, 'pass'> = {
    // As the instrumentation does it.
    pass(request, next) {
      const span = trace.getTracer('test').startSpan('GET')
      const metadata: RPCMetadata = { type: RPCType.HTTP, span }
      spans.push(span)
      routes.push(metadata)
      const around = setRPCMetadata(trace.setSpan(context.active(), span), metadata)
      context.with(around, () => point.pass(request, next))
    },
  }
  const app = createServiceApp({ log, routes: Router().use(beside).use(table) })
  const listening = await listen(app, { host: '127.0.0.1', port: 0, metrics, inbound })
  cleanups.push(() => listening.close(0))
  const counted = () => seriesOf(scrapeText(metrics), 'http_server_request_duration_seconds_count')
  return {
    url: `http://127.0.0.1:${listening.port}`,
    lines,
    served,
    spans,
    routes,
    apply: point.apply.bind(point),
    counted,
  }
}

type Node = Awaited<ReturnType<typeof startNode>>

/** All that the caller, the log, the trace and the metrics tell of a failure, less what differs from one to the next. */
async function lookOf(node: Node, path: string) {
  const response = await fetch(node.url + path)
  await until('it to be counted', () => node.counted().length === 1)
  node.spans[0]?.end()
  const [span] = exporter.getFinishedSpans()
  const body = (await response.json()) as { traceId: string }
  expect(body.traceId).toBe(span?.spanContext().traceId)
  expect(response.headers.get('x-trace-id')).toBe(body.traceId)
  return {
    status: response.status,
    headers: [...response.headers.keys()],
    body: { ...body, traceId: '' },
    log: node.lines.map(logged),
    exceptions: span?.events.map(recorded),
    routes: node.routes.map(({ route }) => route),
    counted: node.counted(),
  }
}

function logged(line: string) {
  const { time: _time, pid: _pid, err, ...rest } = JSON.parse(line) as Record<string, unknown>
  const { stack: _stack, ...error } = (err ?? {}) as Record<string, unknown>
  return { ...rest, error }
}

function recorded({ name, attributes = {} }: ReadableSpan['events'][number]) {
  const { 'exception.stacktrace': _stack, ...rest } = attributes
  return { name, rest }
}

test.each([
  ['500', '/things', 'bug'],
  ['503', '/things', 'busy'],
  ['500', '/files', 'bug'],
  ['503', '/files', 'busy'],
])('a %s of %s looks to everybody as one without a fault', async (status, route, id) => {
  const real = await lookOf(await startNode(), `${route}/${id}`)
  expect(real.status).toBe(Number(status))
  exporter.reset()
  const broken = await startNode()
  broken.apply([active('error-rate', { probability: 1, route: '/', status })])
  expect(await lookOf(broken, `${route}/fine`)).toEqual(real)
  expect(broken.served).toEqual([])
  expect(broken.lines.join().match(/fault|inject|fate/i)?.[0]).toBeUndefined()
  expect(JSON.stringify(exporter.getFinishedSpans()[0]?.events)).not.toMatch(/InboundFaults|meetFate|inject/)
})

test('what would be refused is refused all the same, and nothing is done for the others', async () => {
  const node = await startNode()
  node.apply([active('error-rate', { probability: 1, route: '/', status: '500' })])
  const statusOf = async (path: string, init?: RequestInit) => (await fetch(node.url + path, init)).status
  expect(await statusOf('/nowhere')).toBe(404)
  expect(await statusOf('/things/much-too-long')).toBe(400)
  expect(await statusOf('/things/1', { method: 'POST', body: 'no JSON' })).toBe(415)
  const json = { 'content-type': 'application/json' }
  expect(await statusOf('/things/1', { method: 'POST', headers: json, body: '{}' })).toBe(500)
  expect(node.served).toEqual([])
  node.apply([])
  expect(await statusOf('/things/1', { method: 'POST', headers: json, body: '{}' })).toBe(201)
})

test.each(['/things/1', '/files/1'])('%s waits, and passes at once when nothing is active', async (path) => {
  const node = await startNode()
  const timed = async () => {
    const startMs = performance.now()
    expect(await (await fetch(node.url + path)).json()).toEqual({ id: '1' })
    return performance.now() - startMs
  }
  await timed()
  node.apply([active('slow-replica', { delayMs: 120, jitterMs: 0 })])
  expect(await timed()).toBeGreaterThanOrEqual(118)
  node.apply([])
  await timed()
})

/** A client that goes as soon as its request is there. */
async function leave(node: Node, path: string) {
  const client = new AbortController()
  const answer = fetch(node.url + path, { signal: client.signal }).catch(() => 'gone')
  await until('the request', () => node.routes.length === 1)
  client.abort()
  expect(await answer).toBe('gone')
}

test.each([
  ['/things/1', '/things/:id'],
  ['/files/1', '/files/:file'],
])(
  'a client of %s that does not wait so long leaves a request with a route, and nothing is done for it',
  async (path, route) => {
    const node = await startNode()
    node.apply([active('slow-replica', { delayMs: 250, jitterMs: 0 })])
    await expect(fetch(node.url + path, { signal: AbortSignal.timeout(60) })).rejects.toThrow()
    await until('it to be counted', () => node.counted().length === 1)
    expect(node.counted()[0]?.labels).toMatchObject({ http_route: route, http_response_status_code: '499' })
    expect(node.routes).toMatchObject([{ route }])
    // Of one node: what came first is over when this is.
    await fetch(node.url + path)
    expect(node.served).toHaveLength(1)
  },
)

test('a delay counts against the deadline, as time at work does', async () => {
  const node = await startNode()
  node.apply([active('slow-replica', { delayMs: 10_000, jitterMs: 0 })])
  const response = await fetch(`${node.url}/things/1`, { headers: { 'x-deadline-ms': '40' } })
  expect([response.status, await response.json()]).toMatchObject([504, { code: 'deadline_exceeded' }])
})

test('what is not to be stopped is served to its end, though nobody waits', async () => {
  const node = await startNode()
  node.apply([active('zombie-work', { delayMs: 150, route: '/' })])
  await leave(node, '/things/1')
  await until('the work for nobody', () => node.served.length === 1)
  expect(node.served).toEqual([{ deadlineAtMs: Number.POSITIVE_INFINITY, isEnded: false }])
})
