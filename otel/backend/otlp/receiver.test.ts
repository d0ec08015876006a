// The receiver over HTTP: encodings, limits, and what is answered to what it cannot take.
import { connect } from 'node:net'
import { deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeMessage, encodeMessage } from '../testing/oracle.ts'
import { type RunningBackend, startBackend } from '../testing/running-backend.ts'
import { requestOf, traceIdOf } from '../testing/span-builder.ts'
import { MAX_BODY_BYTES, MAX_DECOMPRESSED_BYTES, MAX_INFLIGHT_BYTES } from './limits.ts'

let backend: RunningBackend
beforeAll(async () => {
  backend = await startBackend()
})
afterAll(() => backend.stop())

const PROTOBUF = 'application/x-protobuf'
const JSON_TYPE = 'application/json'

interface Answer {
  status: number
  type: string | null
  body: Buffer
}

async function post(
  path: string,
  type: string | null,
  body: Uint8Array | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${backend.otlpUrl}${path}`, {
    method: 'POST',
    headers: { ...(type === null ? {} : { 'content-type': type }), ...headers },
    body: typeof body === 'string' ? Buffer.from(body) : body,
  })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: Buffer.from(await response.arrayBuffer()),
  }
}

let trace = 0
const jsonBody = () => JSON.stringify(requestOf([{ trace: ++trace, span: 1 }]))
const protobufBody = () => {
  const span = {
    traceId: Buffer.from(traceIdOf(++trace), 'hex'),
    spanId: Buffer.alloc(8, 1),
    name: 'n',
    startTimeUnixNano: '5',
  }
  return encodeMessage('TraceRequest', { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
}

describe('success is answered in the encoding of the request', () => {
  test.each([PROTOBUF, `${PROTOBUF}; charset=x`, 'application/protobuf', 'APPLICATION/X-PROTOBUF'])(
    '%s',
    async (type) => {
      const before = backend.spans.counters.stored
      expect(await post('/v1/traces', type, protobufBody())).toEqual({
        status: 200,
        type: PROTOBUF,
        body: Buffer.alloc(0),
      })
      expect(backend.spans.counters.stored).toBe(before + 1)
    },
  )

  test.each([JSON_TYPE, `${JSON_TYPE}; charset=utf-8`])('%s', async (type) => {
    const before = backend.spans.counters.stored
    expect(await post('/v1/traces', type, jsonBody())).toEqual({
      status: 200,
      type: JSON_TYPE,
      body: Buffer.from('{}'),
    })
    expect(backend.spans.counters.stored).toBe(before + 1)
  })

  test.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['identity', (body: Uint8Array) => body],
  ])('compressed with %s', async (encoding, compress) => {
    const before = backend.spans.counters.stored
    const answer = await post('/v1/traces', PROTOBUF, compress(protobufBody()), { 'content-encoding': encoding })
    expect([answer.status, backend.spans.counters.stored]).toEqual([200, before + 1])
  })

  test.each([
    ['/v1/traces', PROTOBUF, ''],
    ['/v1/logs', PROTOBUF, ''],
    ['/v1/traces', JSON_TYPE, '{}'],
    ['/v1/logs', JSON_TYPE, '{"resourceLogs":[]}'],
    ['/v1/traces', JSON_TYPE, '{"resourceSpans":null,"unknown":[1]}'],
  ])('an empty request to %s in %s', async (path, type, body) => {
    expect((await post(path, type, body)).status).toBe(200)
  })
})

describe('partial success', () => {
  const spans = (nameless: number) => [
    ...Array(nameless).fill({ trace: 900, span: 1, name: '' }),
    { trace: 901, span: 1 },
  ]

  test('in JSON', async () => {
    const answer = await post('/v1/traces', JSON_TYPE, JSON.stringify(requestOf(spans(2))))
    expect([answer.status, JSON.parse(String(answer.body))]).toEqual([
      200,
      { partialSuccess: { rejectedSpans: '2', errorMessage: '2 refused: the span has no name' } },
    ])
  })

  test('in protobuf', async () => {
    const span = { traceId: Buffer.alloc(3, 1), spanId: Buffer.alloc(8, 1), name: 'n', startTimeUnixNano: '5' }
    const request = {
      resourceSpans: [
        { scopeSpans: [{ spans: [span, { ...span, traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(1, 1) }] }] },
      ],
    }
    const answer = await post('/v1/traces', PROTOBUF, encodeMessage('TraceRequest', request))
    const errorMessage =
      '1 refused: the trace id is not 16 bytes or is all zero; 1 refused: the span id is not 8 bytes or is all zero'
    expect([answer.status, decodeMessage('ExportResponse', answer.body)]).toEqual([
      200,
      { partialSuccess: { rejected: '2', errorMessage } },
    ])
  })

  test.each([
    ['traceId', 'zz'.repeat(16)],
    ['traceId', 'a'.repeat(31)],
    ['traceId', ''],
    ['traceId', null],
    ['spanId', 'g'.repeat(16)],
    ['parentSpanId', 'nothex'],
  ])('a span whose %s is %j is refused, the request is not', async (member, value) => {
    const request = JSON.parse(jsonBody())
    request.resourceSpans[0].scopeSpans[0].spans[0][member] = value
    const answer = await post('/v1/traces', JSON_TYPE, JSON.stringify(request))
    expect([answer.status, JSON.parse(String(answer.body))]).toMatchObject([
      200,
      { partialSuccess: { rejectedSpans: '1' } },
    ])
  })

  test('of logs', async () => {
    const logRecords = [{ body: { stringValue: 'x'.repeat(300_000) } }, { body: { stringValue: 'ok' } }]
    const answer = await post(
      '/v1/logs',
      JSON_TYPE,
      JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
    )
    expect(JSON.parse(String(answer.body))).toMatchObject({ partialSuccess: { rejectedLogRecords: '1' } })
  })
})

describe('what is not OTLP', () => {
  test.each([
    ['', 'the body is not valid JSON'],
    ['{', 'the body is not valid JSON'],
    ['[]', 'the request: expected an object'],
    ['"x"', 'the request: expected an object'],
    ['{"resourceSpans":{}}', 'resourceSpans: expected an array'],
    ['{"resourceSpans":[1]}', 'resourceSpans[0]: expected an object'],
    ['{"resourceSpans":[{"resource":5}]}', 'resourceSpans[0].resource: expected an object'],
    [
      '{"resourceSpans":[{"resource":{"attributes":[{"key":5}]}}]}',
      'resourceSpans[0].resource.attributes[0].key: expected a string',
    ],
    [
      '{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{"stringValue":5}}]}}]}',
      'resourceSpans[0].resource.attributes[0].value.stringValue: expected a string',
    ],
    [
      '{"resourceSpans":[{"resource":{"attributes":[{"value":{"arrayValue":{"values":[{"boolValue":1}]}}}]}}]}',
      'resourceSpans[0].resource.attributes[0].value.arrayValue.values[0].boolValue: expected a boolean',
    ],
    [
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{},{"kind":"SERVER"}]}]}]}',
      'resourceSpans[0].scopeSpans[0].spans[1].kind: expected a number or one of SPAN_KIND_UNSPECIFIED',
    ],
    [
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"-1"}]}]}]}',
      'resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano: expected nanoseconds',
    ],
    [
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"18446744073709551616"}]}]}]}',
      'startTimeUnixNano: expected nanoseconds',
    ],
    ['{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":5}]}]}]}', 'traceId: expected a string of hex digits'],
    [
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"a","value":{"intValue":1.5}}]}]}]}]}',
      'attributes[0].value.intValue: expected a signed 64-bit integer',
    ],
    [
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"a","value":{"intValue":"9223372036854775808"}}]}]}]}]}',
      'intValue: expected a signed 64-bit integer',
    ],
    [
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"status":{"code":"BAD"}}]}]}]}',
      'spans[0].status.code: expected a number or one of STATUS_CODE_UNSET',
    ],
    ['{"resourceSpans":[{"scopeSpans":[{"spans":[{"flags":-1}]}]}]}', 'flags: expected an unsigned 32-bit integer'],
    [`${'['.repeat(97)}${']'.repeat(97)}`, 'JSON nested deeper than 96'],
  ])('JSON %j is answered 400 in JSON and says where', async (body, message) => {
    const { status, type, body: answer } = await post('/v1/traces', JSON_TYPE, body)
    expect({ status, type, ...JSON.parse(String(answer)) }).toEqual({
      status: 400,
      type: JSON_TYPE,
      code: 3,
      message: expect.stringContaining(message),
    })
  })

  test.each([
    ['garbage', Buffer.from('this is no protobuf at all')],
    ['a truncated request', protobufBody().subarray(0, -3)],
    ['a length bomb', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x07])],
    ['JSON', Buffer.from('{"resourceSpans":[]}')],
  ])('%s in protobuf is answered 400 in protobuf', async (_name, body) => {
    const answer = await post('/v1/traces', PROTOBUF, body)
    expect([answer.status, answer.type, decodeMessage('RpcStatus', answer.body)]).toEqual([
      400,
      PROTOBUF,
      { code: 3, message: expect.any(String) },
    ])
  })

  test('nothing of a malformed request is stored', async () => {
    const before = backend.stats().spans
    const bytes = Buffer.concat([protobufBody(), Buffer.from([0x0a, 0x05])])
    expect((await post('/v1/traces', PROTOBUF, bytes)).status).toBe(400)
    expect(backend.stats().spans).toEqual(before)
  })

  test.each([null, 'text/plain', 'application/x-www-form-urlencoded', 'application/grpc'])(
    'content type %s is answered 415',
    async (type) => {
      const answer = await post('/v1/traces', type, protobufBody())
      expect([answer.status, answer.type]).toEqual([415, JSON_TYPE])
    },
  )

  test.each(['br', 'zstd', 'gzip, gzip', '__proto__'])('content encoding %s is answered 415', async (encoding) => {
    const answer = await post('/v1/traces', JSON_TYPE, jsonBody(), { 'content-encoding': encoding })
    expect([answer.status, JSON.parse(String(answer.body)).message]).toEqual([
      415,
      expect.stringContaining('is not supported: use gzip'),
    ])
  })

  test('a body that is not compressed as it says is answered 400', async () => {
    for (const body of [Buffer.from('plain'), gzipSync(protobufBody()).subarray(0, 20)]) {
      expect((await post('/v1/traces', PROTOBUF, body, { 'content-encoding': 'gzip' })).status).toBe(400)
    }
  })

  test.each([
    ['POST', '/v1/metrics', 404, 'metrics are scraped'],
    ['POST', '/v1/profiles', 404, 'unknown path'],
    ['GET', '/', 404, 'unknown path'],
    ['GET', '/v1/traces', 405, 'GET is not allowed'],
    ['PUT', '/v1/logs', 405, 'PUT is not allowed'],
  ])('%s %s is answered %i', async (method, path, status, message) => {
    const response = await fetch(`${backend.otlpUrl}${path}`, { method })
    expect([response.status, await response.json()]).toMatchObject([
      status,
      { message: expect.stringContaining(message) },
    ])
    if (status === 405) expect(response.headers.get('allow')).toBe('POST')
  })
})

describe('limits', () => {
  test('a body that says that it is too large is refused', async () => {
    const answer = await post('/v1/traces', PROTOBUF, Buffer.alloc(MAX_BODY_BYTES + 1))
    expect([answer.status, decodeMessage('RpcStatus', answer.body)]).toMatchObject([413, { code: 8 }])
  })

  test('a body that turns out too large is refused while it is still being sent, and the connection stays usable', async () => {
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 10; i++) controller.enqueue(new Uint8Array(1024 * 1024))
        controller.close()
      },
    })
    const init = { method: 'POST', headers: { 'content-type': PROTOBUF }, body: stream, duplex: 'half' } as RequestInit
    expect((await fetch(`${backend.otlpUrl}/v1/traces`, init)).status).toBe(413)
    expect((await post('/v1/traces', PROTOBUF, protobufBody())).status).toBe(200)
  })

  test.each([
    ['/v1/traces', PROTOBUF],
    ['/v1/logs', JSON_TYPE],
  ])('a compression bomb for %s is refused', async (path, type) => {
    const bomb = gzipSync(Buffer.alloc(MAX_DECOMPRESSED_BYTES + 1))
    expect(bomb.length).toBeLessThan(100_000)
    expect((await post(path, type, bomb, { 'content-encoding': 'gzip' })).status).toBe(413)
  })

  test('more values or records than a request may have are refused', async () => {
    const gzip = { 'content-encoding': 'gzip' }
    const values = gzipSync(`{"resourceSpans":[${'{},'.repeat(1_100_000)}{}]}`)
    expect((await post('/v1/traces', JSON_TYPE, values, gzip)).status).toBe(413)
    const records = encodeMessage('TraceRequest', {
      resourceSpans: [{ scopeSpans: [{ spans: Array(131_073).fill({}) }] }],
    })
    expect((await post('/v1/traces', PROTOBUF, gzipSync(records), gzip)).status).toBe(413)
  })

  test('bodies that are being read share a limit: beyond it the answer is 503, which exporters retry', async () => {
    const port = Number(new URL(backend.otlpUrl).port)
    const sockets = Array.from({ length: MAX_INFLIGHT_BYTES / MAX_BODY_BYTES + 2 }, () => connect(port, '127.0.0.1'))
    const answer = new Promise<string>((resolve) => {
      for (const socket of sockets) socket.on('data', (chunk) => resolve(String(chunk)))
    })
    const head = `POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: ${MAX_BODY_BYTES}\r\n\r\n`
    for (const socket of sockets) {
      socket.on('error', () => undefined)
      socket.write(head)
      socket.write(Buffer.alloc(MAX_BODY_BYTES - 1))
    }
    expect(await answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1[\s\S]*too many requests at once/)
    for (const socket of sockets) socket.destroy()
    // The share of those that went away is free again.
    await expect.poll(async () => (await post('/v1/traces', PROTOBUF, Buffer.alloc(0))).status).toBe(200)
  })

  test('a client that goes away in the middle of its body disturbs nobody', async () => {
    const before = backend.stats().spans
    const socket = connect(Number(new URL(backend.otlpUrl).port), '127.0.0.1')
    socket.write(`POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: ${PROTOBUF}\r\ncontent-length: 1000\r\n\r\nsome`)
    await new Promise((resolve) => socket.once('connect', resolve))
    socket.destroy()
    expect((await post('/v1/traces', PROTOBUF, protobufBody())).status).toBe(200)
    expect(backend.stats().spans.stored).toBe(before.stored + 1)
  })
})

test('it says that it is healthy, counts its answers and had no error of its own', async () => {
  expect(await (await fetch(`${backend.otlpUrl}/healthz`)).json()).toEqual({ status: 'ok' })
  const { body } = await backend.get('/api/stats')
  expect(body).toMatchObject({
    uptimeSeconds: expect.any(Number),
    requests: { 200: expect.any(Number), 400: expect.any(Number), 404: 3, 405: 2, 413: 6, 415: expect.any(Number) },
    bytes: { spans: expect.any(Number), rss: expect.any(Number) },
  })
  expect(backend.errors).toEqual([])
})
