import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { captureLog } from '../../../test/captured-log.ts'
import { until } from '../../../test/until.ts'
import { active } from '../faults/test-fault.ts'
import { type ControlDocument, FromNode, type ToNode } from './document.ts'
import { type ControlStream, openControlStream } from './stream.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A control plane that notes who connects and what comes, and says what the test tells it to. */
async function startControlPlane(port = 0) {
  const server = new WebSocketServer({ host: '127.0.0.1', port })
  await once(server, 'listening')
  const upgrades: IncomingMessage[] = []
  const received: FromNode[] = []
  let socket: WebSocket | undefined
  server.on('connection', (connected, upgrade) => {
    upgrades.push(upgrade)
    socket = connected
    connected.on('message', (data) => received.push(FromNode.parse(JSON.parse(data.toString()))))
  })
  const plane = {
    port: (server.address() as AddressInfo).port,
    upgrades,
    received,
    connected: (times: number) => until(`connection ${times}`, () => upgrades.length === times && socket),
    sendText: (text: string) => socket?.send(text),
    ping: (text: string) => socket?.ping(text),
    send: (message: ToNode) => socket?.send(JSON.stringify(message)),
    cut: () => socket?.terminate(),
    async stop() {
      for (const client of server.clients) client.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  cleanups.push(() => plane.stop())
  return plane
}

function openStream(port: number, onDrain: () => void = () => {}) {
  const { log, lines } = captureLog()
  const url = `ws://127.0.0.1:${port}`
  const stream: ControlStream = openControlStream({ url, token: 'run-token', node: 'orders-1', log, onDrain })
  cleanups.push(() => stream.close())
  return { stream, lines }
}

const endpoint = { instance: 'products-na', region: 'na', host: '127.0.0.1', port: 18_001 } as const
const documentOf = (version: number): ControlDocument => ({
  version,
  endpoints: { products: [endpoint] },
  delays: { na: { eu: 45 } },
  policies: { products: { maxAttempts: 2 } },
  policy: {},
  settings: { requestsPerSecond: version },
  faults: [],
})

test('it says who it is, applies each document and reports its version', async () => {
  const plane = await startControlPlane()
  const { stream } = openStream(plane.port)
  expect(stream.document()).toMatchObject({ version: -1, endpoints: {} })
  await plane.connected(1)
  expect(plane.upgrades[0]?.url).toBe('/v1/stream?node=orders-1')
  expect(plane.upgrades[0]?.headers.authorization).toBe('Bearer run-token')

  plane.send({ type: 'document', document: documentOf(1) })
  expect(await stream.first).toEqual(documentOf(1))
  const seen: number[] = []
  const stop = stream.onChange(({ version }) => seen.push(version))
  plane.send({ type: 'document', document: documentOf(2) })
  await until('version 2', () => plane.received.find((message) => message.type === 'applied' && message.version === 2))
  expect(stream.document()).toEqual(documentOf(2))
  stop()
  plane.send({ type: 'document', document: documentOf(3) })
  await until('version 3', () => plane.received.at(-1)?.type === 'applied' && stream.document().version === 3)
  expect(seen).toEqual([2])
  expect(plane.received.filter((message) => message.type === 'applied').map(({ version }) => version)).toEqual([
    1, 2, 3,
  ])
})

test('it keeps the last document without a control plane, comes back by itself and says again whether it is ready', async () => {
  const plane = await startControlPlane()
  const { stream } = openStream(plane.port)
  await plane.connected(1)
  stream.reportReady(true)
  plane.send({ type: 'document', document: documentOf(1) })
  await stream.first
  plane.cut()
  await plane.connected(2)
  expect(stream.document().version).toBe(1)
  const readiness = () => plane.received.filter(({ type }) => type === 'ready')
  await until('it says again that it is ready', () => readiness().length >= 3)

  await plane.stop()
  stream.reportReady(false, 'x'.repeat(600))
  const successor = await startControlPlane(plane.port)
  await successor.connected(1)
  successor.send({ type: 'document', document: documentOf(9) })
  await until('version 9', () => stream.document().version === 9)
  expect(readiness()).toEqual([
    { type: 'ready', ready: false },
    { type: 'ready', ready: true },
    { type: 'ready', ready: true },
  ])
  const first = await until('its first word', () => successor.received[0])
  expect(first).toEqual({ type: 'ready', ready: false, reason: 'x'.repeat(500) })
})

test('it waits for a control plane that is not there yet', async () => {
  const nobody = await startControlPlane()
  await nobody.stop()
  const { stream } = openStream(nobody.port)
  const plane = await startControlPlane(nobody.port)
  await plane.connected(1)
  plane.send({ type: 'document', document: documentOf(1) })
  expect(await stream.first).toEqual(documentOf(1))
})

test.each([
  'not json',
  '',
  'null',
  '{}',
  '{"type":"unheard-of"}',
  '{"type":"document"}',
  '{"type":"document","document":{"version":-5}}',
  '{"type":"document","document":{"version":1,"endpoints":{"orders":[{"port":0}]}}}',
])('it says so and goes on after the message %j', async (garbage) => {
  const plane = await startControlPlane()
  const { stream, lines } = openStream(plane.port)
  await plane.connected(1)
  plane.sendText(garbage)
  plane.send({ type: 'document', document: documentOf(4) })
  expect(await stream.first).toEqual(documentOf(4))
  expect(plane.upgrades).toHaveLength(1)
  expect(lines.join()).toContain('does not understand')
})

test('a message beyond the limit costs the connection, not the node', async () => {
  const plane = await startControlPlane()
  const { stream } = openStream(plane.port)
  await plane.connected(1)
  plane.sendText('x'.repeat(2 * 1024 * 1024))
  await plane.connected(2)
  plane.send({ type: 'document', document: documentOf(1) })
  expect(await stream.first).toEqual(documentOf(1))
})

test('a listener that fails hinders neither the others nor the report', async () => {
  const plane = await startControlPlane()
  const { stream, lines } = openStream(plane.port)
  const seen: number[] = []
  stream.onChange(() => {
    throw new Error('a bad listener')
  })
  stream.onChange(({ version }) => seen.push(version))
  await plane.connected(1)
  plane.send({ type: 'document', document: documentOf(1) })
  await until('the report', () => plane.received.some((message) => message.type === 'applied'))
  expect(seen).toEqual([1])
  expect(lines.join()).toContain('a bad listener')
})

test('a drain reaches the node', async () => {
  const plane = await startControlPlane()
  let drained = 0
  openStream(plane.port, () => {
    drained += 1
  })
  await plane.connected(1)
  plane.send({ type: 'drain' })
  await until('the drain', () => drained === 1)
})

test('after close it does not come back', async () => {
  const plane = await startControlPlane()
  const { stream } = openStream(plane.port)
  const gone = once(await plane.connected(1), 'close')
  stream.close()
  await gone
  // A node that comes later is served, so the control plane would have seen this one, too.
  const { stream: other } = openStream(plane.port)
  await plane.connected(2)
  plane.send({ type: 'document', document: documentOf(2) })
  await other.first
  expect(plane.upgrades).toHaveLength(2)
  expect(stream.document().version).toBe(-1)
})

test('a refused stream is asked for again', async () => {
  let refusals = 0
  const refusing = createServer((_request, response) => {
    refusals += 1
    response.writeHead(401).end()
  })
  refusing.listen(0, '127.0.0.1')
  await once(refusing, 'listening')
  cleanups.push(() => new Promise((resolve) => refusing.close(resolve)))
  const { stream } = openStream((refusing.address() as AddressInfo).port)
  await until('the second attempt', () => refusals === 2)
  expect(stream.document().version).toBe(-1)
})

test('a control plane that is silent for five seconds is left for a new connection, one that pings is not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  cleanups.push(() => vi.useRealTimers())
  const plane = await startControlPlane()
  openStream(plane.port)
  const socket = await plane.connected(1)
  await until('the stream to be open', () => plane.received.length === 1)
  for (let seconds = 0; seconds < 8; seconds += 4) {
    vi.advanceTimersByTime(4_000)
    socket.ping()
    await once(socket, 'pong')
  }
  expect(plane.upgrades).toHaveLength(1)
  const gone = once(socket, 'close')
  vi.advanceTimersByTime(5_000)
  await gone
  await until('a new connection', () => {
    vi.advanceTimersByTime(100)
    return plane.upgrades.length === 2
  })
})

test('a control plane is not silent whose words are there to be read when a loop that was blocked goes on', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  cleanups.push(() => vi.useRealTimers())
  const plane = await startControlPlane()
  const { stream } = openStream(plane.port)
  const socket = await plane.connected(1)
  await until('the stream to be open', () => plane.received.length === 1)
  // From here on nothing is read before the timers are due.
  await turn()
  socket.ping()
  vi.advanceTimersByTime(5_000)
  await once(socket, 'pong')
  await turn()
  expect(stream.state()).toMatchObject({ connected: true, disconnections: 0 })
  const gone = once(socket, 'close')
  vi.advanceTimersByTime(5_000)
  await gone
})

test('it knows whether it is connected, how often it was not, and the difference of the clocks', async () => {
  const plane = await startControlPlane()
  const { stream } = openStream(plane.port)
  expect(stream.state()).toEqual({ connected: false, disconnections: 0, clockSkewS: undefined })
  await plane.connected(1)
  await until('the connection', () => stream.state().connected)
  plane.ping(String(Date.now() + 60_000))
  await until('the ping', () => stream.state().clockSkewS !== undefined)
  expect(stream.state().clockSkewS).toBeLessThan(-30)
  expect(stream.state().clockSkewS).toBeGreaterThanOrEqual(-60)
  plane.cut()
  await until('the loss', () => stream.state().disconnections === 1)
  await plane.connected(2)
  await until('the second connection', () => stream.state().connected)
})

test('ends a fault by itself when its time is up, with the control plane gone', async () => {
  const plane = await startControlPlane()
  const { stream } = openStream(plane.port)
  const faults = [
    active('latency', {}, { instance: 'a', remainingMs: 300 }),
    active('latency', {}, { instance: 'b', remainingMs: 60_000 }),
  ]
  await plane.connected(1)
  plane.send({ type: 'document', document: { ...documentOf(1), faults } })
  const seen: string[][] = []
  stream.onChange((document) => seen.push(document.faults.map(({ instance }) => instance)))
  await until('both faults', () => stream.document().faults.length === 2)
  await plane.stop()
  await until('the first to end', () => stream.document().faults.length === 1)
  expect(stream.document().faults[0]?.instance).toBe('b')
  expect(seen.at(-1)).toEqual(['b'])
})

test('what faults bring along holds with them, changes with their age, and ends with them', async () => {
  const plane = await startControlPlane()
  const { stream } = openStream(plane.port)
  const parameters = { basePerS: 8, burstPerS: 40, burstS: 0.2 }
  const policies = { calls: { frontdoor: { timeoutMs: 750 } }, kind: {} }
  const fault = active('metastable', parameters, { remainingMs: 600, policies })
  await plane.connected(1)
  const document = { ...documentOf(1), settings: { requestsPerSecond: 20 }, faults: [fault] }
  const seen: unknown[] = []
  stream.onChange(({ settings, policies }) =>
    seen.push([settings['requestsPerSecond'], policies['frontdoor']?.timeoutMs]),
  )
  plane.send({ type: 'document', document })
  await until('the end', () => stream.document().version === 1 && stream.document().faults.length === 0)
  expect(seen).toEqual([
    [40, 750],
    [8, 750],
    [20, undefined],
  ])
})
