import { connect } from 'node:net'
import express from 'express'
import { afterEach, expect, test } from 'vitest'
import { captureLog } from '../../../test/captured-log.ts'
import { type Served, serve } from '../../../test/serve.ts'
import { CallFailure, type CallFailureReason, type CallRequest, type CallResponse } from '../calls/caller.ts'
import { forward, isRepeatable, requestHeaders, responseHeaders, sendAnswer, toCall } from './proxy.ts'
import { createServiceApp } from './server.ts'

let served: Served
afterEach(() => served?.close())

/** A proxy of one route in front of `answer`. */
async function proxyTo(answer: (call: CallRequest) => Partial<CallResponse>) {
  const caller = {
    callee: 'gateway',
    call: async (call: CallRequest) => ({
      status: 200,
      headers: {},
      body: Buffer.alloc(0),
      instance: 'gateway-1',
      ...answer(call),
    }),
  }
  const routes = express.Router()
  routes.all('/api/*path', async (request, response) => {
    const { status, headers, body } = await forward(caller, toCall(request))
    sendAnswer(response, { status, headers: responseHeaders(headers), body })
  })
  served = await serve(createServiceApp({ log: captureLog().log, routes, bodies: 'raw' }))
  return served
}

test('passes method, path, query, headers and body on', async () => {
  const calls: CallRequest[] = []
  const { send } = await proxyTo((call) => {
    calls.push(call)
    return { status: 201, headers: { 'content-type': 'text/x', 'set-cookie': ['a=1', 'b=2'] }, body: Buffer.from('é') }
  })
  const answer = await send('POST', '/api/a%20b/c?d=e%2Ff', {
    body: '{"g" :1}',
    headers: { authorization: 'Bearer t' },
  })
  expect(answer).toMatchObject({
    status: 201,
    text: 'é',
    headers: { 'content-type': 'text/x', 'set-cookie': ['a=1', 'b=2'], 'content-length': '2' },
  })
  expect(calls).toMatchObject([
    { method: 'POST', path: '/api/a%20b/c?d=e%2Ff', route: '/api/*path', idempotent: false },
  ])
  expect(calls[0]?.headers).toEqual({ 'content-type': 'application/json', authorization: 'Bearer t' })
  expect(String(calls[0]?.body)).toBe('{"g" :1}')
})

test('a request without a body stays without one', async () => {
  const calls: CallRequest[] = []
  const { send } = await proxyTo((call) => {
    calls.push(call)
    return {}
  })
  await send('DELETE', '/api/x')
  expect(calls[0]).not.toHaveProperty('body')
})

test('a body beyond the limit is refused before anybody is called', async () => {
  let called = false
  const { send } = await proxyTo(() => {
    called = true
    return {}
  })
  const { status, json } = await send('POST', '/api/x', { body: Buffer.alloc(64 * 1024 + 1) })
  expect([status, json]).toEqual([413, expect.objectContaining({ code: 'body_too_large' })])
  expect(called).toBe(false)
})

test('a target that is a whole URL is refused', async () => {
  const { listening } = await proxyTo(() => ({}))
  const client = connect(listening.port, '127.0.0.1')
  client.write('GET http://other/api/x HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n')
  let received = ''
  for await (const chunk of client) received += chunk
  expect(received).toMatch(/^HTTP\/1.1 400 .*"code":"bad_path"/s)
})

test.each<[CallFailureReason, number, string, string | undefined]>([
  ['no_endpoint', 503, 'callee_unavailable', 'gateway'],
  ['connect', 503, 'callee_unavailable', 'gateway'],
  ['reset', 502, 'callee_failed', 'gateway'],
  ['timeout', 504, 'deadline_exceeded', undefined],
  ['cancelled', 504, 'deadline_exceeded', undefined],
  ['breaker_open', 503, 'callee_unavailable', undefined],
  ['overloaded', 503, 'callee_unavailable', undefined],
  ['body_too_large', 502, 'callee_failed', undefined],
])('no answer because of %s becomes a %i problem', async (reason, status, code, unreachable) => {
  const { send } = await proxyTo(() => {
    throw new CallFailure('gateway', reason, 'gateway gave no answer')
  })
  const answer = await send('GET', '/api/x')
  expect([answer.status, answer.json]).toEqual([status, expect.objectContaining({ code, status })])
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.headers['x-origin-unreachable']).toBe(unreachable)
})

test('an answer that matches the validators of its request becomes a 304, and HEAD has no body', async () => {
  const { send } = await proxyTo(() => ({
    headers: { etag: '"1"', 'content-type': 'text/x' },
    body: Buffer.from('abc'),
  }))
  expect(await send('GET', '/api/x', { headers: { 'if-none-match': '"1"' } })).toMatchObject({ status: 304, text: '' })
  expect(await send('GET', '/api/x', { headers: { 'if-none-match': '"2"' } })).toMatchObject({
    status: 200,
    text: 'abc',
  })
  expect(await send('HEAD', '/api/x')).toMatchObject({ status: 200, text: '', headers: { 'content-length': '3' } })
})

test('the length of an unseen HEAD body is not made up', async () => {
  const { send } = await proxyTo(() => ({ headers: { etag: '"1"' } }))
  const { status, headers } = await send('HEAD', '/api/x')
  expect([status, headers.etag, headers['content-length']]).toEqual([200, '"1"', undefined])
})

test('headers of one hop stay on it', () => {
  expect(
    requestHeaders({
      host: 'shop',
      connection: 'keep-alive, X-Private',
      'x-private': '1',
      'keep-alive': '5',
      te: 'trailers',
      'transfer-encoding': 'chunked',
      'content-length': '3',
      expect: '100-continue',
      traceparent: '00-1-2-01',
      baggage: 'a=b',
      'x-deadline-ms': '100',
      'set-cookie': ['a', 'b'],
      accept: 'text/html',
      missing: undefined,
    }),
  ).toEqual({ accept: 'text/html', 'set-cookie': 'a, b' })
  expect(
    responseHeaders({
      connection: 'close, x-mine',
      'x-mine': '1',
      'transfer-encoding': 'chunked',
      'content-length': '3',
      traceresponse: '00-1-2-01',
      'x-trace-id': '1',
      etag: '"1"',
      'set-cookie': ['a', 'b'],
    }),
  ).toEqual({ etag: '"1"', 'set-cookie': ['a', 'b'] })
})

test.each([
  ['GET', {}, true],
  ['HEAD', {}, true],
  ['PUT', {}, true],
  ['DELETE', {}, true],
  ['POST', {}, false],
  ['PATCH', {}, false],
  ['POST', { 'idempotency-key': 'k' }, true],
])('%s %o may be repeated: %s', (method, headers, expected) => {
  expect(isRepeatable(method, headers)).toBe(expected)
})
