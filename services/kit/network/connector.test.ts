import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import pg from 'pg'
import { Client } from 'undici'
import { afterEach, expect, test } from 'vitest'
import { createConnector, createStream } from './connector.ts'
import { Link } from './link.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test('undici calls a virtual host over the link, and a delay set later acts on the kept connection', async () => {
  const link = new Link()
  let connections = 0
  const server = createServer((request, response) => response.end(`${request.headers.host}${request.url}`))
  server.on('connection', () => {
    connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const client = new Client('http://orders', { connect: createConnector(link, address) })
  cleanups.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => client.close(),
  )

  const get = async () => (await client.request({ method: 'GET', path: '/a' })).body.text()
  expect(await get()).toBe('orders/a')
  link.setDelays(30, 30)
  const startMs = performance.now()
  expect(await get()).toBe('orders/a')
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(57)
  expect(connections).toBe(1)
})

test('a refused connection is an error with its code', async () => {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  await new Promise((resolve) => server.close(resolve))
  const client = new Client('http://orders', { connect: createConnector(new Link(), address) })
  cleanups.push(() => client.destroy())
  await expect(client.request({ method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('pg connects its stream over the link, and its first bytes arrive', async () => {
  const link = new Link()
  link.setDelays(5, 5)
  let version = 0
  // Enough of a server to see the start-up message, whose bytes 4 to 7 are the protocol's version.
  const server = createTcpServer((socket) => {
    socket.once('data', (data) => {
      version = data.readInt32BE(4)
      socket.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new pg.Client({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    user: 'nobody',
    stream: createStream(link),
  })
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  await expect(client.connect()).rejects.toThrow()
  expect(version).toBe(3 << 16)
})
