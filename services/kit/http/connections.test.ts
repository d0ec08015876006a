import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { until } from '../../../test/until.ts'
import { watchConnections } from './connections.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test('closes what is idle, and neither who is being served nor who is spared', async () => {
  let waiting: ServerResponse | undefined
  const server = createServer((request, response) => {
    if (request.url === '/scrape') connections.spare(request.socket)
    if (request.url === '/slow') waiting = response
    else response.end('done')
  }).listen(0, '127.0.0.1')
  const connections = watchConnections(server)
  await once(server, 'listening')
  cleanups.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const ask = async (path: string): Promise<{ socket: Socket; closed: () => boolean; heard: () => string }> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    let [isClosed, text] = [false, '']
    socket.on('close', () => {
      isClosed = true
    })
    socket.on('data', (data) => {
      text += data
    })
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`)
    cleanups.push(() => socket.destroy())
    return { socket, closed: () => isClosed, heard: () => text }
  }
  const [idle, scraper, busy] = [await ask('/fast'), await ask('/scrape'), await ask('/slow')]
  await until('all requests', () => idle.heard() && scraper.heard() && waiting)
  connections.closeIdle()
  await until('the idle one to be closed', idle.closed)
  waiting?.end('late')
  await until('the answer', () => busy.heard().includes('late'))
  scraper.socket.write('GET /scrape HTTP/1.1\r\nhost: x\r\n\r\n')
  await until('another answer', () => scraper.heard().split('done').length === 3)
  expect([busy.closed(), scraper.closed()]).toEqual([false, false])
})
