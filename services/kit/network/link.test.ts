import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { windowBytes } from './delayed-socket.ts'
import { Link } from './link.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, onConnection).listen(0, '127.0.0.1')
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function open(link: Link, port: number): Promise<Socket> {
  const socket = link.open()
  cleanups.push(() => socket.destroy())
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Time for one byte to go to an echo and back, in ms. */
async function roundTrip(socket: Socket): Promise<number> {
  const startMs = performance.now()
  socket.write('x')
  await once(socket, 'data')
  return performance.now() - startMs
}

const echo = (socket: Socket) => socket.pipe(socket)
/** A timer may fire a millisecond early by the clock that measures it, once each way. */
const slackMs = 3

test('without a delay a socket keeps its own methods', async () => {
  const link = new Link()
  const socket = await open(link, await listen(echo))
  expect(Object.keys(socket).filter((name) => ['_write', '_writev', '_final', 'push'].includes(name))).toEqual([])
  await roundTrip(socket)
})

test('both directions and the connection itself take their time', async () => {
  const link = new Link()
  link.setDelays(40, 60)
  const port = await listen(echo)
  const startMs = performance.now()
  const socket = await open(link, port)
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(100 - slackMs)
  expect(await roundTrip(socket)).toBeGreaterThanOrEqual(100 - slackMs)
})

test('a refused connection takes a round trip, too', async () => {
  const link = new Link()
  const port = await listen(echo)
  await cleanups.pop()?.()
  link.setDelays(30, 30)
  const startMs = performance.now()
  await expect(open(link, port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(60 - slackMs)
})

test('a change acts on an open connection, and back', async () => {
  const link = new Link()
  const socket = await open(link, await listen(echo))
  await roundTrip(socket)
  link.setDelays(50, 0)
  expect(await roundTrip(socket)).toBeGreaterThanOrEqual(50 - slackMs)
  link.setDelays(0, 50)
  expect(await roundTrip(socket)).toBeGreaterThanOrEqual(50 - slackMs)
  link.setDelays(5_000, 5_000)
  link.setDelays(0, 0)
  expect(await roundTrip(socket)).toBeLessThan(5_000)
})

test('bytes stay in order while the delay changes at each write, and the end comes last', async () => {
  const link = new Link()
  link.setDelays(20, 20)
  const socket = await open(link, await listen(echo))
  const received = readAll(socket)
  let sent = ''
  for (let i = 0; i < 200; i += 1) {
    link.setDelays((i * 7) % 23, (i * 5) % 19)
    const text = `${i},`
    sent += text
    socket.write(text)
    if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  socket.end()
  expect((await received).toString()).toBe(sent)
})

test('a large body passes whole, and what is in flight is bounded both ways', async () => {
  const link = new Link()
  link.setDelays(10, 10)
  const socket = await open(link, await listen(echo))
  const body = Buffer.alloc(5 * windowBytes, 'abcdefghijk')
  const received = readAll(socket)
  // More than the window: the stream says that it is full until bytes have left.
  expect(socket.write(body)).toBe(false)
  expect(socket.writableLength).toBeGreaterThan(0)
  socket.end()
  expect((await received).equals(body)).toBe(true)
})

test('a reader that does not read stops the sender', async () => {
  const link = new Link()
  link.setDelays(1, 1)
  let sent = 0
  const port = await listen((peer) => {
    const chunk = Buffer.alloc(256 * 1024)
    const fill = () => {
      while (sent < 64 * windowBytes) {
        sent += chunk.length
        if (!peer.write(chunk)) return peer.once('drain', fill)
      }
      return peer.end()
    }
    peer.on('error', () => {})
    fill()
  })
  const socket = await open(link, port)
  // Reading once starts the flow from the peer; then nobody reads on.
  socket.once('readable', () => {})
  let before = -1
  while (sent !== before) {
    before = sent
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  expect(sent).toBeLessThan(64 * windowBytes)
  expect((await readAll(socket)).length).toBe(64 * windowBytes)
})

test('destroying a socket drops what is in flight', async () => {
  const link = new Link()
  let received = 0
  const closed = new Promise<void>((resolve) => {
    cleanups.push(() => resolve())
    void listen((peer) => {
      peer.on('data', (chunk) => {
        received += chunk.length
      })
      peer.on('error', () => {})
      peer.on('close', () => resolve())
      peer.on('end', () => peer.end())
    }).then(async (port) => {
      const socket = await open(link, port)
      link.setDelays(60_000, 60_000)
      socket.write('never')
      socket.destroy()
    })
  })
  await closed
  expect(received).toBe(0)
})

test('a peer that goes away is seen through the delay', async () => {
  const link = new Link()
  link.setDelays(5, 5)
  const peers: Socket[] = []
  const port = await listen((peer) => peers.push(peer))
  const socket = await open(link, port)
  const direct = connect(port, '127.0.0.1')
  await once(direct, 'connect')
  cleanups.push(() => direct.destroy())
  const failed = once(socket, 'error')
  for (const peer of peers) peer.on('error', () => {}).resetAndDestroy()
  direct.on('error', () => {})
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }])
})
