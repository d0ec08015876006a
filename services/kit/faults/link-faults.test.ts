import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { Client } from 'undici'
import { afterEach, expect, test } from 'vitest'
import type { ActiveFault } from '../control/active-fault.ts'
import { createConnector } from '../network/connector.ts'
import { Network } from '../network/network.ts'
import { active } from './test-fault.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createTcpServer(onConnection).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  return (server.address() as AddressInfo).port
}

const echo = (socket: Socket) => socket.on('error', () => {}).pipe(socket)

function network() {
  const one = new Network('na')
  return { link: one.linkTo('orders-1', 'na'), set: (...faults: ActiveFault[]) => one.apply({ delays: {}, faults }) }
}

async function open(link: ReturnType<Network['linkTo']>, port: number): Promise<Socket> {
  const socket = link.open()
  cleanups.push(() => socket.destroy())
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

async function roundTripMs(socket: Socket): Promise<number> {
  const startMs = performance.now()
  socket.write('x')
  await once(socket, 'data')
  return performance.now() - startMs
}

const slackMs = 3

test('without a fault, and with one on other links, sockets keep their own methods', async () => {
  const { link, set } = network()
  set(active('latency', { delayMs: 50, jitterMs: 0 }, { to: ['orders-2'] }))
  const socket = await open(link, await listen(echo))
  expect(Object.keys(socket).filter((name) => ['_write', '_writev', '_final', 'push'].includes(name))).toEqual([])
})

test('latency one way acts on an open connection and on the opening of one, and several add up', async () => {
  const { link, set } = network()
  const port = await listen(echo)
  const socket = await open(link, port)
  set(active('latency', { delayMs: 60, jitterMs: 0 }, { to: ['orders-1'] }))
  expect(await roundTripMs(socket)).toBeGreaterThanOrEqual(60 - slackMs)
  set(
    active('latency', { delayMs: 40, jitterMs: 0 }, { to: ['orders-1'] }),
    active('latency', { delayMs: 50, jitterMs: 0 }, { instance: 'b', from: ['orders-1'] }),
  )
  expect(await roundTripMs(socket)).toBeGreaterThanOrEqual(90 - slackMs)
  const startMs = performance.now()
  await open(link, port)
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(90 - slackMs)
})

test('a cut holds what is on its way, and a connection being opened, until it is over', async () => {
  const { link, set } = network()
  const port = await listen(echo)
  const socket = await open(link, port)
  await roundTripMs(socket)
  set(active('blackhole', {}, { to: ['orders-1'] }))
  let heard = ''
  socket.on('data', (data) => {
    heard += data
  })
  socket.write('held')
  const late = link.open()
  cleanups.push(() => late.destroy())
  late.connect(port, '127.0.0.1')
  let connected = false
  late.once('connect', () => {
    connected = true
  })
  // Another connection, not over the link, makes the round trip that these would have made.
  await roundTripMs(await open(new Network('na').linkTo('elsewhere', 'na'), port))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect({ heard, connected }).toEqual({ heard: '', connected: false })
  set()
  await once(late, 'connect')
  while (heard === '') await once(socket, 'data')
  expect(heard).toBe('held')
})

test('one way only: what is cut inbound still goes out', async () => {
  const { link, set } = network()
  let received = ''
  const port = await listen((peer) => {
    peer.on('data', (data) => {
      received += data
      peer.write('answer')
    })
    peer.on('error', () => {})
  })
  const socket = await open(link, port)
  set(active('blackhole', {}, { from: ['orders-1'] }))
  let heard = false
  socket.on('data', () => {
    heard = true
  })
  socket.write('question')
  while (received === '') await new Promise((resolve) => setImmediate(resolve))
  expect(heard).toBe(false)
  set()
  await once(socket, 'data')
})

test('a reset meets open connections at once, as ECONNRESET at both ends', async () => {
  const { link, set } = network()
  const ends: Promise<unknown>[] = []
  const port = await listen((peer) => {
    ends.push(once(peer, 'error'))
    echo(peer)
  })
  const socket = await open(link, port)
  await roundTripMs(socket)
  const failed = once(socket, 'error')
  // 'error' rejects `once` of other events: here it is the event.
  set(active('reset', { probability: 1 }, { to: ['orders-1'] }))
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }])
  expect(await ends[0]).toMatchObject([{ code: 'ECONNRESET' }])
  const next = await open(link, port)
  next.write('x')
  expect(await once(next, 'error')).toMatchObject([{ code: 'ECONNRESET' }])
})

test('a name that is not found fails the connection as Node would', async () => {
  const { link, set } = network()
  const server = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const client = new Client('http://orders', { connect: createConnector(link, address) })
  cleanups.push(() => client.destroy())
  set(active('dns', { mode: 'fail', delayMs: 0, probability: 1 }, { to: ['orders-1'] }))
  await expect(client.request({ method: 'GET', path: '/' })).rejects.toMatchObject({
    code: 'ENOTFOUND',
    hostname: 'orders-1',
  })
  set()
  expect((await client.request({ method: 'GET', path: '/' })).statusCode).toBe(200)
})

test('who keeps idle connections is told to give them up when names begin to fail, and only then', () => {
  const { link, set } = network()
  let refreshed = 0
  link.onRefresh(() => {
    refreshed += 1
  })
  const fault = active('dns', { mode: 'fail', delayMs: 0, probability: 1 }, { to: ['orders-1'] })
  set(active('latency', { delayMs: 5, jitterMs: 0 }, { to: ['orders-1'] }))
  expect(refreshed).toBe(0)
  set(fault)
  set(fault)
  expect(refreshed).toBe(1)
})
