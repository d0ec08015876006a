import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { registerLogs } from './logs.ts'
import { checkout, jaegerTrace } from './render/test-trace.ts'
import { createTestContext, runCommand } from './test-context.ts'
import { registerTrace } from './trace.ts'
import { registerTraces } from './traces.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** A backend that answers as told; returns its URL and what was asked. */
async function serve(answer: (url: URL) => { status?: number; body: unknown }) {
  const asked: URL[] = []
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://backend')
    asked.push(url)
    const { status = 200, body } = answer(url)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const logRecord = {
  timeUnixNano: '1732314612345678901',
  severity: 'info',
  severityNumber: 9,
  body: 'order confirmed',
  traceID: checkout.traceID,
  spanID: 'h',
  service: 'orders',
  instance: 'orders-2',
  attributes: {},
}
const linked = jaegerTrace('0af7651916cd43dd8448eb211c80319c', [
  { id: 'x', node: 'frontdoor-1', operation: 'POST /api/checkout', at: 0, for: 5 },
])
const backend = () =>
  serve((url) => {
    if (url.pathname === `/api/traces/${checkout.traceID}`) return { body: { data: [checkout] } }
    if (url.pathname === `/api/traces/${linked.traceID}`) return { body: { data: [linked] } }
    if (url.pathname === '/api/services') return { body: { data: ['orders', 'frontdoor'] } }
    if (url.pathname === '/api/traces') return { body: { data: [checkout] } }
    if (url.pathname === '/api/logs') return { body: { data: [logRecord], cursor: '5', more: false } }
    return { status: 404, body: { data: null, errors: [{ code: 404, msg: 'trace not found' }] } }
  })

test('trace draws the trace, its logs and the names of linked traces', async () => {
  const { url } = await backend()
  const context = createTestContext({ jaeger: url })
  await runCommand(context, registerTrace, 'trace', checkout.traceID.toUpperCase())
  const drawing = context.printed.join('\n')
  expect(drawing).toContain(`Trace ${checkout.traceID}`)
  expect(drawing).toContain('INFO order confirmed')
  expect(drawing).toContain(`linked to trace ${linked.traceID}: frontdoor-1 POST /api/checkout`)
})

test('trace --no-logs --json gives the spans as data', async () => {
  const { url, asked } = await backend()
  const context = createTestContext({ jaeger: url })
  await runCommand(context, registerTrace, 'trace', checkout.traceID, '--no-logs', '--json')
  const json = JSON.parse(context.printed.join(''))
  expect(json).toMatchObject({ traceId: checkout.traceID, durationMs: 412.4, errors: 2, logs: [] })
  expect(json.spans).toHaveLength(checkout.spans.length)
  expect(asked.map((one) => one.pathname)).not.toContain('/api/logs')
})

test('trace says clearly when there is none, and refuses what is no id', async () => {
  const { url } = await backend()
  const context = createTestContext({ jaeger: url })
  await expect(runCommand(context, registerTrace, 'trace', 'abc')).rejects.toThrow('there is no trace abc')
  await expect(runCommand(context, registerTrace, 'trace', '../x')).rejects.toThrow('hexadecimal')
})

test('a Jaeger of the user is asked without a run, and its missing logs are no error', async () => {
  const { url } = await serve((asked) =>
    asked.pathname === '/api/logs' ? { body: '<html>' } : { body: { data: [checkout] } },
  )
  const context = createTestContext()
  await runCommand(context, registerTrace, 'trace', checkout.traceID, '--jaeger', `${url}/`)
  expect(context.printed.join('\n')).toContain('orders-2 POST /orders')
})

test('traces sends every filter in the form of Jaeger', async () => {
  const { url, asked } = await backend()
  const context = createTestContext({ jaeger: url })
  const filters = [
    '--service',
    'orders',
    '--operation',
    'POST /orders',
    '--min-duration',
    '100ms',
    '--max-duration',
    '2s',
  ]
  const more = [
    '--error',
    '--tag',
    'customer.region=eu',
    '--tag',
    'a=b=c',
    '--limit',
    '7',
    '--lookback',
    '15m',
    '--json',
  ]
  const beforeMicros = Date.now() * 1_000
  await runCommand(context, registerTraces, 'traces', ...filters, ...more)
  const query = Object.fromEntries(asked.at(-1)?.searchParams ?? [])
  expect(query).toMatchObject({
    service: 'orders',
    operation: 'POST /orders',
    minDuration: '100ms',
    maxDuration: '2s',
    limit: '7',
  })
  expect(JSON.parse(query.tags ?? '')).toEqual({ 'customer.region': 'eu', a: 'b=c', error: 'true' })
  expect(Number(query.start)).toBeGreaterThanOrEqual(beforeMicros - 900_000_000)
  expect(Number(query.end)).toBeGreaterThan(Number(query.start))
  expect(JSON.parse(context.printed.join(''))).toMatchObject([
    {
      traceId: checkout.traceID,
      rootService: 'load',
      rootOperation: 'buy: checkout',
      spans: 18,
      errors: 2,
      durationMs: 412.4,
    },
  ])
})

test('traces asks for the frontdoor when no service is named', async () => {
  const { url, asked } = await backend()
  await runCommand(createTestContext({ jaeger: url }), registerTraces, 'traces')
  expect(asked.at(-1)?.searchParams.get('service')).toBe('frontdoor')
})

test.each([
  [['--min-duration', 'fast'], 'must be a duration'],
  [['--tag', 'novalue'], 'must be key=value'],
  [['--limit', '0'], 'must be a whole number'],
  [['--lookback', '1'], 'must be a duration'],
])('traces refuses %j', async (args, message) => {
  await expect(runCommand(createTestContext(), registerTraces, 'traces', ...args)).rejects.toThrow(message)
})

test("the backend's own words reach the user", async () => {
  const { url } = await serve(() => ({
    status: 400,
    body: { data: null, errors: [{ code: 400, msg: 'limit is silly' }] },
  }))
  const context = createTestContext({ jaeger: url })
  await expect(runCommand(context, registerTraces, 'traces', '--service', 'x')).rejects.toThrow(
    'answered 400: limit is silly',
  )
})

test('logs asks for a node and a level and prints a line each', async () => {
  const { url, asked } = await backend()
  const context = createTestContext({ jaeger: url })
  await runCommand(context, registerLogs, 'logs', 'orders-2', '--severity', 'warn', '--trace', checkout.traceID)
  expect(Object.fromEntries(asked.at(-1)?.searchParams ?? [])).toEqual({
    limit: '100',
    traceID: checkout.traceID,
    instance: 'orders-2',
    severity: 'warn',
  })
  expect(context.printed).toHaveLength(1)
  expect(context.printed[0]).toContain('INFO  orders-2           order confirmed')
})

test('logs --json is one object a line', async () => {
  const { url } = await backend()
  const context = createTestContext({ jaeger: url })
  await runCommand(context, registerLogs, 'logs', '--json')
  expect(context.printed.map((line) => JSON.parse(line))).toMatchObject([
    { time: '2024-11-22T22:30:12.345Z', node: 'orders-2', body: 'order confirmed' },
  ])
})

test('logs --follow goes on from the cursor', async () => {
  let polls = 0
  const { url, asked } = await serve((request) => {
    if (request.searchParams.has('after')) polls += 1
    // The third answer ends the test: following never ends by itself.
    if (polls > 2) return { status: 500, body: {} }
    return { body: { data: [{ ...logRecord, body: `line ${polls}` }], cursor: String(10 + polls), more: true } }
  })
  const context = createTestContext({ jaeger: url })
  await expect(runCommand(context, registerLogs, 'logs', '--follow')).rejects.toThrow('answered 500')
  expect(context.printed.map((line) => line.match(/line \d/)?.[0])).toEqual(['line 0', 'line 1', 'line 2'])
  expect(asked.map((one) => one.searchParams.get('after'))).toEqual([null, '10', '11', '12'])
})

test('logs of a node without a run and without a file say so', async () => {
  const context = createTestContext()
  await expect(runCommand(context, registerLogs, 'logs', 'orders-1')).rejects.toThrow('no log lines of orders-1')
  await expect(runCommand(context, registerLogs, 'logs')).rejects.toThrow('no cluster is running')
})

test('a Jaeger that keeps no logs answers with its web page: the trace is drawn without them', async () => {
  server = createServer((request, response) => {
    if (!request.url?.startsWith('/api/traces/')) {
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end('<!doctype html><title>Jaeger UI</title>')
      return
    }
    const isThere = request.url === `/api/traces/${checkout.traceID}`
    response.writeHead(isThere ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ data: isThere ? [checkout] : null }))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const context = createTestContext({ jaeger: url })
  await runCommand(context, registerTrace, 'trace', checkout.traceID)
  expect(context.printed.join('\n')).toContain(`Trace ${checkout.traceID}`)
})
