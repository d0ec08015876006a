import { once } from 'node:events'
import { connect } from 'node:net'
import { type Context, type ContextManager, context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { captureLog } from '../../../test/captured-log.ts'
import { serve } from '../../../test/serve.ts'
import { until } from '../../../test/until.ts'
import { defineApi } from './api.ts'
import { createRoutes } from './routes.ts'
import { createServiceApp, type Health, listen } from './server.ts'

const api = defineApi({
  hello: { method: 'GET', path: '/hello', summary: 'Says hello', response: z.unknown() },
  slow: { method: 'GET', path: '/slow', summary: 'Answers when the test lets it', response: z.unknown() },
})
const { log } = captureLog()

let letGo: (answer: string) => void = () => {}
let arrived = 0
const makeApp = () => {
  arrived = 0
  const slow = () => {
    arrived += 1
    return new Promise<string>((resolve) => {
      letGo = resolve
    })
  }
  return createServiceApp({ log, routes: createRoutes(api, { hello: () => 'hello', slow }) })
}

afterEach(() => context.disable())

/** Stands in for the SDK: the given context is active everywhere. */
function activate(active: Context): void {
  const manager: ContextManager = {
    active: () => active,
    with: (_context, work, self, ...args) => work.call(self as never, ...args),
    bind: (_context, target) => target,
    enable: () => manager,
    disable: () => manager,
  }
  context.setGlobalContextManager(manager)
}

test('every answer names its trace, errors too, and nothing of the framework', async () => {
  const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }
  activate(trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(spanContext)))
  const app = await serve(makeApp())
  for (const path of ['/hello', '/nothing']) {
    const { headers } = await app.send('GET', path)
    expect(headers.traceresponse).toBe('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
    expect(headers['x-trace-id']).toBe('0af7651916cd43dd8448eb211c80319c')
    expect(headers['x-powered-by']).toBeUndefined()
  }
  expect((await app.send('GET', '/nothing')).json).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c' })
  await app.close()
})

test('without a trace there is no trace header', async () => {
  const app = await serve(makeApp())
  const { headers, json } = await app.send('GET', '/hello')
  expect(json).toBe('hello')
  expect(headers.traceresponse).toBeUndefined()
  await app.close()
})

test('health says that the process is up, readiness what the node says', async () => {
  let health: Health = { ready: false, reason: 'starting' }
  const { port, close } = await listen(makeApp(), { host: '127.0.0.1', port: 0, health: () => health })
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return [response.status, await response.json()]
  }
  expect(await get('/healthz')).toEqual([200, { status: 'up' }])
  expect(await get('/readyz')).toEqual([503, { ready: false, reason: 'starting' }])
  health = { ready: true }
  expect(await get('/readyz')).toEqual([200, { ready: true }])
  await close(0)
})

test('a taken port is an error', async () => {
  const { port, close } = await listen(makeApp(), { host: '127.0.0.1', port: 0 })
  await expect(listen(makeApp(), { host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await close(0)
})

/** A keep-alive connection whose request for /slow is under way. */
async function openSlowRequest(port: number) {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.on('data', (data) => {
    received += data
  })
  socket.on('error', () => {})
  socket.write('GET /slow HTTP/1.1\r\nhost: test\r\n\r\n')
  await until('the request to arrive', () => arrived === 1)
  return { ended: once(socket, 'close'), received: () => received }
}

test('closing lets a request finish and does not wait for its idle connection afterwards', async () => {
  const { port, close, server } = await listen(makeApp(), { host: '127.0.0.1', port: 0 })
  const slow = await openSlowRequest(port)
  const closed = close(60_000)
  await until('the port to be closed', () => !server.listening)
  letGo('finished')
  await closed
  await slow.ended
  expect(slow.received()).toMatch(/200 OK.*"finished"/s)
})

test('closing cuts a request that outlasts the grace', async () => {
  const { port, close } = await listen(makeApp(), { host: '127.0.0.1', port: 0 })
  const slow = await openSlowRequest(port)
  await close(20)
  await slow.ended
  expect(slow.received()).toBe('')
})
