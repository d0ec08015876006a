import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { captureLog } from '../../../test/captured-log.ts'
import { type Served, serve } from '../../../test/serve.ts'
import { defineApi } from './api.ts'
import { currentScope } from './deadline.ts'
import { HttpError } from './errors.ts'
import { createRoutes } from './routes.ts'
import { createServiceApp } from './server.ts'

const api = defineApi({
  find: {
    method: 'GET',
    path: '/things/:thingId',
    summary: 'One thing',
    params: z.object({ thingId: z.string().regex(/^t-\d+$/, 'must look like t-1') }),
    query: z.object({ limit: z.coerce.number().int().min(1).max(5).default(2) }),
    headers: z.object({ 'x-mark': z.string().max(3).optional() }),
    response: z.unknown(),
  },
  make: {
    method: 'POST',
    path: '/things',
    summary: 'Make a thing',
    body: z.object({ name: z.string().max(10), parts: z.array(z.object({ size: z.int() })).default([]) }),
    response: z.unknown(),
    status: 201,
  },
  guarded: { method: 'DELETE', path: '/things', summary: 'Nobody may', response: z.unknown() },
})

const { log, lines } = captureLog()
let app: Served

beforeEach(async () => {
  lines.length = 0
  const routes = createRoutes(
    api,
    {
      find: ({ params, query, headers }) => ({ params, query, mark: headers['x-mark'] ?? null }),
      make: ({ body }) => {
        if (body.name === 'boom') throw new Error('the secret cause')
        if (body.name === 'taken')
          throw new HttpError(409, 'taken', 'is taken', { extensions: { owner: 'x', status: '1' } })
        return { body, hasScope: currentScope() !== undefined }
      },
      guarded: () => 'reached',
    },
    {
      before(endpoint) {
        if (endpoint === api.guarded) throw new HttpError(401, 'no_session', 'log in first')
      },
    },
  )
  app = await serve(createServiceApp({ log, routes }))
})
afterEach(() => app.close())

test('a request that fits is parsed, defaults included', async () => {
  const answer = await app.send('GET', '/things/t-7?limit=3', { headers: { 'x-mark': 'abc' } })
  expect(answer).toMatchObject({ status: 200, json: { params: { thingId: 't-7' }, query: { limit: 3 }, mark: 'abc' } })
  expect((await app.send('GET', '/things/t-7')).json).toMatchObject({ query: { limit: 2 }, mark: null })
})

test('the body is parsed inside of the request’s scope, and the declared status is sent', async () => {
  const answer = await app.send('POST', '/things', { body: { name: 'a', parts: [{ size: 1 }], extra: true } })
  expect(answer.status).toBe(201)
  expect(answer.json).toEqual({ body: { name: 'a', parts: [{ size: 1 }] }, hasScope: true })
})

type Sent = Parameters<Served['send']>
const post = (body: unknown, headers = {}): Sent => ['POST', '/things', { body, headers }]

test.each<[string, number, Sent, string[]]>([
  ['a parameter', 400, ['GET', '/things/x'], ['thingId']],
  ['a query', 400, ['GET', '/things/t-1?limit=9'], ['limit']],
  ['a query given twice', 400, ['GET', '/things/t-1?limit=1&limit=2'], ['limit']],
  ['a header', 400, ['GET', '/things/t-1', { headers: { 'x-mark': 'long' } }], ['x-mark']],
  ['parameter and query at once', 400, ['GET', '/things/x?limit=0'], ['thingId', 'limit']],
  ['a missing member', 400, post({}), ['name']],
  ['a nested member', 400, post({ name: 'a', parts: [{ size: 1 }, { size: 'big' }] }), ['parts.1.size']],
  ['a body that is an array', 400, post([]), ['body']],
  ['an empty body', 400, post(''), ['name']],
])('%s that the table refuses is a %i that names it', async (_what, status, request, fields) => {
  const answer = await app.send(...request)
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.json).toMatchObject({ status, code: 'invalid_request', type: 'about:blank', title: 'invalid request' })
  const { errors } = answer.json as { errors: { field: string; message: string }[] }
  expect(errors.map((error) => error.field)).toEqual(fields)
  for (const { message } of errors) expect(message).not.toBe('')
})

test.each<[string, number, string, Sent]>([
  ['malformed JSON', 400, 'unreadable_body', post('{"name": "s3cret')],
  ['JSON that is no object', 400, 'unreadable_body', post('"text"')],
  ['another media type', 415, 'unsupported_media_type', post('name=a', { 'content-type': 'text/plain' })],
  ['no body at all', 415, 'unsupported_media_type', ['POST', '/things']],
  ['an unknown encoding', 415, 'unreadable_body', post('{}', { 'content-encoding': 'brotli9' })],
  ['gzip that is none', 400, 'unreadable_body', post('{}', { 'content-encoding': 'gzip' })],
  ['too large a body', 413, 'body_too_large', post({ name: 'x'.repeat(70_000) })],
  ['a path that is not percent-encoding', 400, 'bad_path', ['GET', '/things/%E0%A4%A']],
  ['a path that nobody declared', 404, 'unknown_route', ['GET', '/nothing']],
  ['a method that nobody declared', 404, 'unknown_route', ['PUT', '/things']],
  ['a path in other letters', 404, 'unknown_route', ['GET', '/Things/t-1']],
  ['a request that `before` refuses', 401, 'no_session', ['DELETE', '/things']],
])('%s is a %i problem', async (_what, status, code, request) => {
  const answer = await app.send(...request)
  expect(answer.json).toMatchObject({ status, code })
  expect(answer.status).toBe(status)
  expect(answer.text).not.toMatch(/s3cret|node_modules|at .*\(.*:\d+/)
  expect(lines).toEqual([])
})

test('a fault of the node is a 500 without its cause, which is in the log', async () => {
  const answer = await app.send(...post({ name: 'boom' }))
  expect(answer).toMatchObject({ status: 500, json: { code: 'internal' } })
  expect(answer.text).not.toMatch(/secret|stack|\.ts/)
  expect(lines.join()).toContain('the secret cause')
})

test('an expected failure keeps its status, code and extensions, and no extension hides a standard member', async () => {
  const answer = await app.send(...post({ name: 'taken' }))
  expect(answer).toMatchObject({ status: 409, json: { code: 'taken', detail: 'is taken', owner: 'x', status: 409 } })
})
