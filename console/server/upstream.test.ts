import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, expect, test } from 'vitest'
import { type Served, serve } from '../../test/serve.ts'
import { until } from '../../test/until.ts'
import { createAgent, passOn } from './upstream.ts'

const agent = createAgent()
let silent: Server
let app: Served
afterEach(async () => {
  await app.close()
  silent.close().closeAllConnections()
})

/** A server that takes requests and never answers, behind what is tested. */
async function start(timeoutMs: number): Promise<{ open: () => number }> {
  let open = 0
  silent = createServer((_request, response) => {
    open += 1
    response.on('close', () => {
      open -= 1
    })
  }).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  // It listens on a TCP port.
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const handler = express().use((request, response) => {
    passOn({ request, response }, { name: 'Jaeger', url, timeoutMs }, { path: '/', body: undefined, agent })
  })
  app = await serve(handler)
  return { open: () => open }
}

test('an upstream that does not answer is a 504 that names it, and is let go of', async () => {
  const { open } = await start(50)
  const { status, json } = await app.send('GET', '/')
  expect([status, json]).toMatchObject([504, { code: 'upstream_timeout', detail: expect.stringContaining('Jaeger') }])
  await until('the request to be gone', () => open() === 0)
})

test('whoever goes away takes their request to the upstream with them', async () => {
  const { open } = await start(60_000)
  const sent = request(app.url).on('error', () => undefined)
  sent.end()
  await until('the request to arrive', () => open() === 1)
  sent.destroy()
  await until('the request to be gone', () => open() === 0)
})
