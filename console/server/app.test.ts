import { createServer, type IncomingMessage, type RequestListener, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Served, serve } from '../../test/serve.ts'
import { loopbackHosts } from './access.ts'
import { createConsoleApp } from './app.ts'
import { consoleLink, linkKey } from './session.ts'
import { createAgent } from './upstream.ts'

const token = 'a-token-of-the-run-that-is-long'
const asset = { br: brotliCompressSync('let a'), gz: gzipSync('let a') }
const files = { page: '<html><meta content="__NONCE__"></html>', assets: new Map([['main-X.js', asset]]) }

let upstream: { url: string; seen: { request: IncomingMessage; body: string }[]; close(): void }
let answer: RequestListener
let app: Served
let nowMs: number
const agent = createAgent()

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1)
  answer = (_request, response) => response.setHeader('content-type', 'application/json').end('{"ok":true}')
  const seen: { request: IncomingMessage; body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ request, body })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // It listens on a TCP port.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  upstream = { url, seen, close: () => server.close().closeAllConnections() }
  app = await start({ jaeger: url, prometheus: url, control: { url, token }, shop: url, otlp: url })
})
afterEach(async () => {
  await app.close()
  upstream.close()
})

function start(upstreams: Parameters<typeof createConsoleApp>[0]['upstreams']): Promise<Served> {
  return serve(
    createConsoleApp({
      files,
      upstreams,
      access: { allowedHosts: [...loopbackHosts] },
      token,
      version: '1.2.3',
      agent,
      nowMs: () => nowMs,
      onError: (error) => expect.fail(String(error)),
    }),
  )
}

const guarded = () => ({ 'x-faultline-console': '1', origin: app.url, 'sec-fetch-site': 'same-origin' })

/** Headers of a page that is signed in. */
async function signedIn(): Promise<Record<string, string>> {
  const { status, headers } = await app.send('POST', '/session', { body: { key: linkKey(token) }, headers: guarded() })
  expect(status).toBe(200)
  const cookie = String(headers['set-cookie'])
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
  return { ...guarded(), cookie: cookie.split(';')[0] ?? '' }
}

describe('the page', () => {
  test('is for everybody, at every path of the application, under a policy that allows nothing inline', async () => {
    for (const path of ['/', '/traces/abc', '/storefront/p/p-0001']) {
      const { status, headers, text } = await app.send('GET', path)
      expect(status).toBe(200)
      const policy = String(headers['content-security-policy'])
      expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w-]{24}'/)
      expect(policy).not.toContain('unsafe')
      expect(text).toContain(/'nonce-([\w-]+)'/.exec(policy)?.[1])
      expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' })
    }
  })

  test('has another nonce each time', async () => {
    const [one, other] = [await app.send('GET', '/'), await app.send('GET', '/')]
    expect(one.text).not.toBe(other.text)
  })

  test.each([
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['identity', undefined],
  ])('its assets are cacheable for ever, and compressed for whoever accepts %s', async (accepted, encoding) => {
    const { status, headers } = await app.send('GET', '/assets/main-X.js', { headers: { 'accept-encoding': accepted } })
    expect([status, headers['content-encoding'], headers['vary']]).toEqual([200, encoding, 'accept-encoding'])
    expect(headers['cache-control']).toContain('immutable')
  })

  test.each(['/assets/..%2fsecrets.json', '/assets/none.js', '/favicon.ico'])('%s is not there', async (path) => {
    expect((await app.send('GET', path)).status).toBe(404)
  })
})

describe('a session', () => {
  test('comes of the link’s key, which does not tell the run’s token', async () => {
    expect(consoleLink('http://127.0.0.1:3000', token)).toMatch(/^http:\/\/127.0.0.1:3000\/#key=[\w-]{43}$/)
    expect(linkKey(token)).not.toContain(token)
    const { json } = await app.send('GET', '/session', { headers: await signedIn() })
    expect(json).toMatchObject({ version: '1.2.3', has: { jaeger: true, control: true } })
  })

  test('is good for twelve hours', async () => {
    const headers = await signedIn()
    nowMs += 12 * 3600_000 - 1000
    expect((await app.send('GET', '/session', { headers })).status).toBe(200)
    nowMs += 2000
    expect((await app.send('GET', '/session', { headers })).status).toBe(401)
  })

  test.each([undefined, '', 'wrong', '9999999999.aaaa', `9999999999.${'a'.repeat(43)}`, '1.'])(
    'is not had with the cookie %s, and nothing passes through without one',
    async (value) => {
      const port = new URL(app.url).port
      const cookie = value === undefined ? {} : { cookie: `faultline_console_${port}=${value}` }
      for (const path of ['/session', '/jaeger/api/services', '/control/v1/status', '/shop/api/products']) {
        expect(await app.send('GET', path, { headers: cookie })).toMatchObject({
          status: 401,
          json: { code: 'signed_out' },
        })
      }
      expect(upstream.seen).toEqual([])
    },
  )

  test.each([{ key: 'wrong' }, { key: 7 }, {}, []])('is not had with %o', async (body) => {
    expect((await app.send('POST', '/session', { body, headers: guarded() })).status).toBe(401)
  })

  test('cannot be guessed at any rate', async () => {
    const statuses: number[] = []
    for (let i = 0; i < 25; i++) {
      statuses.push((await app.send('POST', '/session', { body: { key: `wrong ${i}` }, headers: guarded() })).status)
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(5)
  })
})

describe('a hostile request is refused', () => {
  test.each(['evil.example', 'evil.example:3000', '127.0.0.1.evil.example', '', 'localhost:99999999'])(
    'for the Host %s, though it has a session',
    async (host) => {
      const headers = { ...(await signedIn()), host }
      for (const path of ['/', '/session', '/control/v1/status']) {
        expect(await app.send('GET', path, { headers })).toMatchObject({ status: 403, json: { code: 'foreign_host' } })
      }
    },
  )

  test.each<[string, Record<string, string | undefined>]>([
    ['of another origin', { origin: 'http://evil.example' }],
    ['of another port', { origin: 'http://127.0.0.1:1' }],
    ['of an opaque origin', { origin: 'null' }],
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of another port, as browsers say it', { 'sec-fetch-site': 'same-site' }],
    ['typed into the address bar', { 'sec-fetch-site': 'none' }],
    ['without the guard header', { 'x-faultline-console': undefined }],
    ['without any origin', { origin: undefined, 'sec-fetch-site': undefined }],
  ])('%s, when it would change something', async (_, change) => {
    const all = Object.entries({ ...(await signedIn()), ...change })
    const headers = Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
    for (const [method, path] of [
      ['PUT', '/control/v1/load'],
      ['POST', '/shop/api/checkout'],
      ['POST', '/prometheus/api/v1/query'],
      ['POST', '/otlp/v1/traces'],
      ['POST', '/session'],
    ] as const) {
      expect((await app.send(method, path, { body: {}, headers })).status).toBe(403)
    }
    expect(upstream.seen).toEqual([])
  })

  test('to read, of another site', async () => {
    const headers = { ...(await signedIn()), 'sec-fetch-site': 'cross-site' }
    expect((await app.send('GET', '/jaeger/api/services', { headers })).status).toBe(403)
  })

  test.each([
    ['GET', '/jaeger/', 404],
    ['GET', '/jaeger/static/x', 404],
    ['GET', '/jaeger/api/../healthz', 404],
    ['GET', '/jaeger/api/%2e%2e/healthz', 404],
    ['GET', '/jaeger/api/..%2fhealthz', 404],
    ['GET', '/jaeger/api//evil.example/', 404],
    ['GET', '/jaeger/api/%5c%5cevil', 404],
    ['POST', '/jaeger/api/traces', 405],
    ['DELETE', '/prometheus/api/v1/query', 405],
    ['POST', '/prometheus/api/v1/admin/tsdb/delete_series', 404],
    ['GET', '/prometheus/api/v1/status/config', 404],
    ['POST', '/prometheus/-/quit', 404],
    ['GET', '/prometheus/api/v1/label/a%2fb/values', 404],
    ['POST', '/control/v1/shutdown', 404],
    ['GET', '/control/', 404],
    ['GET', '/shop/', 404],
    ['GET', '/otlp/v1/traces', 405],
    ['POST', '/otlp/v1/logs', 404],
  ])('%s %s is %d', async (method, path, status) => {
    const headers = await signedIn()
    // Sent as written: a client would mend such paths.
    const { statusCode } = await raw(method, path, headers)
    expect(statusCode).toBe(status)
    expect(upstream.seen).toEqual([])
  })

  test('with too large a body', async () => {
    const headers = await signedIn()
    for (const [path, bytes] of [
      ['/control/v1/load', 65 * 1024],
      ['/shop/api/checkout', 33 * 1024],
      ['/otlp/v1/traces', 257 * 1024],
    ] as const) {
      expect((await app.send('POST', path, { body: 'x'.repeat(bytes), headers })).status).toBe(413)
    }
    expect(upstream.seen).toEqual([])
  })

  test('exports beyond the rate are dropped, and taken again a second later', async () => {
    const headers = await signedIn()
    const statuses: number[] = []
    for (let i = 0; i < 45; i++)
      statuses.push((await app.send('POST', '/otlp/v1/traces', { body: {}, headers })).status)
    expect(statuses.filter((status) => status === 429)).toHaveLength(5)
    nowMs += 1000
    expect((await app.send('POST', '/otlp/v1/traces', { body: {}, headers })).status).toBe(200)
  })
})

describe('what passes through', () => {
  test('reaches the upstream by its own path, with named headers only', async () => {
    const headers = { ...(await signedIn()), 'x-customer-region': 'eu', traceparent: '00-1-2-01', 'x-other': 'no' }
    const { status, json, headers: told } = await app.send('GET', '/shop/api/products?q=a%20b', { headers })
    expect([status, json]).toEqual([200, { ok: true }])
    const [{ request } = expect.fail()] = upstream.seen
    expect(request.url).toBe('/api/products?q=a%20b')
    expect(request.headers).toMatchObject({ 'x-customer-region': 'eu', traceparent: '00-1-2-01' })
    for (const name of ['cookie', 'x-other', 'origin', 'authorization'])
      expect(request.headers).not.toHaveProperty(name)
    expect(told['content-security-policy']).toContain("default-src 'none'")
    expect(told['content-security-policy']).toContain('sandbox')
  })

  test('to the control plane carries the run’s token, which the page never has', async () => {
    const headers = { ...(await signedIn()), authorization: 'Bearer of the page' }
    const { text } = await app.send('PUT', '/control/v1/load', { body: { requestsPerSecond: 5 }, headers })
    const [{ request, body } = expect.fail()] = upstream.seen
    expect(request.headers.authorization).toBe(`Bearer ${token}`)
    expect(body).toBe('{"requestsPerSecond":5}')
    expect(text).not.toContain(token)
  })

  test('keeps the status and the body of an error, and no header that is not named', async () => {
    answer = (_request, response) => {
      response.writeHead(418, { 'set-cookie': 'evil=1', 'x-frame-options': 'ALLOWALL', etag: '"1"' }).end('tea')
    }
    const { status, text, headers } = await app.send('GET', '/jaeger/api/services', { headers: await signedIn() })
    expect([status, text, headers['etag'], headers['x-frame-options']]).toEqual([418, 'tea', '"1"', 'DENY'])
    expect(headers).not.toHaveProperty('set-cookie')
  })

  test('is a 502 that names the address when nobody is there', async () => {
    await app.close()
    app = await start({
      jaeger: 'http://127.0.0.1:1',
      prometheus: undefined,
      control: undefined,
      shop: undefined,
      otlp: undefined,
    })
    const headers = await signedIn()
    const dead = await app.send('GET', '/jaeger/api/services', { headers })
    expect(dead).toMatchObject({
      status: 502,
      json: { code: 'upstream_unreachable', detail: expect.stringContaining('127.0.0.1:1') },
    })
    const none = await app.send('GET', '/control/v1/status', { headers })
    expect(none).toMatchObject({
      status: 404,
      json: { code: 'not_configured', detail: expect.stringContaining('--control') },
    })
  })
})

function raw(
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ statusCode: number | undefined }> {
  const { hostname, port } = new URL(app.url)
  return new Promise((resolve, reject) => {
    const sent = send({ hostname, port, method, path, headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve({ statusCode: response.statusCode }))
    })
    sent.on('error', reject).end()
  })
}
