import { afterEach, expect, test } from 'vitest'
import { captureLog } from '../../test/captured-log.ts'
import { type FakeAnswer, type FakeCaller, fails, fakeCaller } from '../../test/fake-caller.ts'
import { type Served, serve } from '../../test/serve.ts'
import type { CallRequest } from '../kit/calls/caller.ts'
import { createApp } from './app.ts'
import { createHttpCache } from './http-cache.ts'

let edge: Served
afterEach(() => edge?.close())

type Answers = Parameters<typeof fakeCaller>[1]

async function startEdge(answers: { media?: Answers; gateway?: Answers; regional?: Answers }) {
  const callers = {
    media: fakeCaller('media', answers.media ?? {}),
    gateway: fakeCaller('gateway', answers.gateway ?? {}),
    regionalGateway: fakeCaller('gateway', answers.regional ?? {}),
  }
  const cache = createHttpCache({ maxBytes: 1024 * 1024 })
  edge = await serve(createApp({ node: 'edge-eu', region: 'eu', ...callers, cache, log: captureLog().log }))
  return callers
}

const paths = ({ requests }: FakeCaller) => requests.map(({ method, path }) => `${method} ${path}`)
const picture: FakeAnswer = {
  body: '<svg/>',
  headers: {
    'content-type': 'image/svg+xml',
    'cache-control': 'public, max-age=60, stale-if-error=600',
    etag: '"1"',
    traceresponse: '00-inner',
    connection: 'keep-alive',
  },
}

test('the API goes to a gateway, all else to the origin of files', async () => {
  const { media, gateway } = await startEdge({
    media: { 'GET /images/:file': picture, 'GET /{*path}': { body: 'page' }, 'POST /{*path}': { status: 404 } },
    gateway: { 'GET /api/*path': { body: { items: [] } }, 'POST /api/*path': { status: 201, body: { id: 1 } } },
  })
  expect(await edge.send('GET', '/api/products?limit=8')).toMatchObject({ status: 200, json: { items: [] } })
  expect(await edge.send('POST', '/api/users', { body: { a: 1 } })).toMatchObject({ status: 201, json: { id: 1 } })
  for (const path of ['/', '/shipping', '/images/p-0001.svg', '/deep/er', '/apiary', '/api'])
    await edge.send('GET', path)
  await edge.send('POST', '/shipping', { body: 'x' })
  expect(paths(gateway)).toEqual(['GET /api/products?limit=8', 'POST /api/users'])
  expect(paths(media)).toEqual([
    'GET /',
    'GET /shipping',
    'GET /images/p-0001.svg',
    'GET /deep/er',
    'GET /apiary',
    'GET /api',
    'POST /shipping',
  ])
  expect(gateway.requests[1]).toMatchObject({ body: Buffer.from('{"a":1}'), idempotent: false })
})

test('a picture is fetched once and then comes from the cache, with its age, to all who ask', async () => {
  const { media } = await startEdge({ media: { 'GET /images/:file': picture } })
  const first = await edge.send('GET', '/images/p-0001.svg')
  expect(first).toMatchObject({ status: 200, text: '<svg/>' })
  expect(first.headers['cache-status']).toBe('edge-eu; fwd=uri-miss; fwd-status=200; stored')
  const second = await edge.send('GET', '/images/p-0001.svg')
  expect(second).toMatchObject({ status: 200, text: '<svg/>' })
  expect(second.headers).toMatchObject({
    'content-type': 'image/svg+xml',
    'cache-status': expect.stringMatching(/^edge-eu; hit; ttl=(60|59|58)$/),
    'cache-control': 'public, max-age=60, stale-if-error=600',
    age: expect.stringMatching(/^[0-2]$/),
    etag: '"1"',
    'x-served-by-region': 'eu',
  })
  expect(second.headers.traceresponse).toBeUndefined()
  const conditional = { headers: { 'if-none-match': '"1"' } }
  expect(await edge.send('GET', '/images/p-0001.svg', conditional)).toMatchObject({ status: 304, text: '' })
  expect(await edge.send('HEAD', '/images/p-0001.svg')).toMatchObject({ status: 200, text: '' })
  expect(media.requests).toHaveLength(1)
})

test('stale pictures go on while the origin is dark; what was never seen is a 503 problem', async () => {
  let dark = false
  await startEdge({
    media: {
      'GET /images/:file': () => (dark ? fails('media', 'connect')() : { ...picture, headers: staleSoon }),
    },
  })
  const staleSoon = { 'cache-control': 'public, max-age=0, stale-if-error=600' }
  await edge.send('GET', '/images/p-0001.svg')
  dark = true
  const stale = await edge.send('GET', '/images/p-0001.svg')
  expect(stale).toMatchObject({ status: 200, text: '<svg/>' })
  expect(stale.headers['cache-status']).toMatch(/^edge-eu; hit; ttl=(0|-1|-2); detail=stale-if-error$/)
  const unseen = await edge.send('GET', '/images/p-0002.svg')
  expect(unseen).toMatchObject({ status: 503, json: { code: 'callee_unavailable' } })
  expect(unseen.headers).toMatchObject({ 'x-origin-unreachable': 'media', 'x-served-by-region': 'eu' })
})

test('an error that a gateway answers is passed on as it is', async () => {
  const problem = { status: 503, code: 'database_unavailable' }
  await startEdge({ gateway: { 'GET /api/*path': { status: 503, body: problem } } })
  const answer = await edge.send('GET', '/api/basket')
  expect(answer).toMatchObject({ status: 503, json: problem })
  expect(answer.headers['x-origin-unreachable']).toBeUndefined()
})

test('who must see their own writes goes past the cache', async () => {
  let version = 0
  await startEdge({
    gateway: {
      'GET /api/*path': () => {
        version += 1
        return { body: { version }, headers: { 'cache-control': 'public, max-age=60' } }
      },
    },
  })
  expect((await edge.send('GET', '/api/products/p-0001')).json).toEqual({ version: 1 })
  expect((await edge.send('GET', '/api/products/p-0001')).json).toEqual({ version: 1 })
  const headers = { 'x-read-after': '0/16B3748' }
  expect((await edge.send('GET', '/api/products/p-0001', { headers })).json).toEqual({ version: 2 })
  expect((await edge.send('GET', '/api/products/p-0001')).json).toEqual({ version: 1 })
})

test('bodies beyond 64 KiB are refused', async () => {
  const { gateway } = await startEdge({ gateway: { 'POST /api/*path': {} } })
  expect(await edge.send('POST', '/api/users', { body: Buffer.alloc(64 * 1024) })).toMatchObject({ status: 200 })
  expect(await edge.send('POST', '/api/users', { body: Buffer.alloc(64 * 1024 + 1) })).toMatchObject({ status: 413 })
  expect(gateway.requests).toHaveLength(1)
})

test.each<[string, (request: CallRequest) => FakeAnswer, number]>([
  ['is ready', () => ({ status: 200 }), 200],
  ['is not ready', () => ({ status: 503 }), 503],
  ['does not answer', fails('gateway', 'timeout'), 503],
  ['does not exist', fails('gateway', 'no_endpoint'), 503],
])('when this region’s gateway %s, the region’s health is told', async (_, answer, status) => {
  const { regionalGateway } = await startEdge({ regional: { 'GET /readyz': answer } })
  expect(await edge.send('GET', '/region-health')).toMatchObject({ status, json: { healthy: status === 200 } })
  expect(regionalGateway.requests).toMatchObject([{ timeoutMs: 400 }])
})
