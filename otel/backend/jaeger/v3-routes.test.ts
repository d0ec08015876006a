// The newer API over HTTP: shapes, parameters and errors as Jaeger has them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningBackend, startBackend } from '../testing/running-backend.ts'
import { BASE_MS, traceIdOf } from '../testing/span-builder.ts'
import type { OtlpResourceSpans, TraceSummaryWire } from './wire.ts'

let backend: RunningBackend

beforeAll(async () => {
  backend = await startBackend()
  await backend.send([
    {
      trace: 1,
      span: 1,
      service: 'gateway',
      name: 'GET /',
      startMs: 1000,
      durationMs: 100,
      attributes: { user: 'ann' },
    },
    { trace: 1, span: 2, parent: 1, service: 'products', name: 'GET /products', startMs: 1020, durationMs: 50 },
    {
      trace: 2,
      span: 1,
      service: 'gateway',
      name: 'POST /checkout',
      startMs: 2000,
      durationMs: 900,
      status: { code: 2 },
    },
    { trace: 3, span: 1, parent: 7, service: 'lone', name: 'child', kind: 0, startMs: 3000 },
  ])
})
afterAll(() => backend.stop())

const iso = (ms: number) => new Date(BASE_MS + ms).toISOString()
const range = `query.startTimeMin=${iso(0)}&query.startTimeMax=${iso(10_000)}`

function failure(httpCode: number, message: string): object {
  return { status: httpCode, body: { error: { httpCode, message } } }
}

async function search(query: string): Promise<string[]> {
  const { status, body } = await backend.get(`/api/v3/trace-summaries?${query}`)
  expect(status).toBe(200)
  return (body as { summaries: TraceSummaryWire[] }).summaries.map((summary) => summary.traceId)
}

test('services and operations', async () => {
  expect(await backend.get('/api/v3/services')).toEqual({
    status: 200,
    body: { services: ['gateway', 'lone', 'products'] },
  })
  const operations = [
    { name: 'GET /', spanKind: 'server' },
    { name: 'POST /checkout', spanKind: 'server' },
  ]
  expect((await backend.get('/api/v3/operations?service=gateway')).body).toEqual({ operations })
  expect((await backend.get('/api/v3/operations?service=gateway&spanKind=client')).body).toEqual({ operations: [] })
  expect((await backend.get('/api/v3/operations?service=gateway&span_kind=server')).body).toEqual({ operations })
  expect((await backend.get('/api/v3/operations?service=lone')).body).toEqual({
    operations: [{ name: 'child', spanKind: 'internal' }],
  })
  expect(await backend.get('/api/v3/operations')).toEqual(failure(400, 'malformed parameter service: it is required'))
})

test('an empty backend has empty lists', async () => {
  const empty = await startBackend()
  expect((await empty.get('/api/v3/services')).body).toEqual({ services: [] })
  expect((await empty.get(`/api/v3/trace-summaries?${range}`)).body).toEqual({ summaries: [] })
  expect((await empty.get('/api/services')).body).toMatchObject({ data: [], total: 0 })
  await empty.stop()
})

describe('search', () => {
  test.each<[string, number[]]>([
    [range, [3, 2, 1]],
    [`query.start_time_min=${iso(0)}&query.start_time_max=${iso(1500)}`, [1]],
    [`${range}&query.serviceName=gateway`, [2, 1]],
    [`${range}&query.service_name=products`, [1]],
    [`${range}&query.serviceName=gateway&query.operationName=GET%20/`, [1]],
    [`${range}&query.operation_name=child`, [3]],
    [`${range}&query.durationMin=500ms`, [2]],
    [`${range}&query.duration_max=1ms`, [3]],
    [`${range}&query.searchDepth=1`, [3]],
    [`${range}&query.search_depth=2`, [3, 2]],
    [`${range}&query.num_traces=1`, [3]],
    [`${range}&query.attributes=${encodeURIComponent('{"user":"ann"}')}`, [1]],
    [`${range}&query.attributes=${encodeURIComponent('{"error":"true"}')}`, [2]],
  ])('%s finds %j', async (query, expected) => {
    expect(await search(query)).toEqual(expected.map(traceIdOf))
  })

  test('summaries', async () => {
    const { body } = await backend.get(`/api/v3/trace-summaries?${range}&query.serviceName=products`)
    expect(body).toEqual({
      summaries: [
        {
          traceId: traceIdOf(1),
          rootServiceName: 'gateway',
          rootOperationName: 'GET /',
          minStartTimeUnixNano: `${BASE_MS + 1000}000000`,
          maxEndTimeUnixNano: `${BASE_MS + 1100}000000`,
          spanCount: 2,
          errorSpanCount: 0,
          orphanSpanCount: 0,
          services: [
            { name: 'gateway', spanCount: 1, errorSpanCount: 0 },
            { name: 'products', spanCount: 1, errorSpanCount: 0 },
          ],
        },
      ],
    })
  })

  test('whole traces, as OTLP in a result', async () => {
    const { status, body } = await backend.get(`/api/v3/traces?${range}&query.serviceName=gateway`)
    const { resourceSpans } = (body as { result: { resourceSpans: OtlpResourceSpans[] } }).result
    expect([
      status,
      resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans.map((span) => span.name))),
    ]).toEqual([200, ['POST /checkout', 'GET /', 'GET /products']])
  })

  test.each(['/api/v3/traces', '/api/v3/trace-summaries'])(
    '%s names the parameter that it cannot read',
    async (path) => {
      for (const [query, message] of [
        ['', 'query.startTimeMin and query.startTimeMax are required'],
        [`query.startTimeMin=${iso(0)}`, 'query.startTimeMin and query.startTimeMax are required'],
        [`query.startTimeMin=x&query.startTimeMax=${iso(0)}`, 'malformed parameter query.startTimeMin: '],
        [`query.startTimeMin=${iso(0)}&query.start_time_max=x`, 'malformed parameter query.start_time_max: '],
        [
          `query.startTimeMin=${iso(1)}&query.startTimeMax=${iso(0)}`,
          'query.startTimeMin must be before query.startTimeMax',
        ],
        [`${range}&query.durationMin=5`, 'malformed parameter query.durationMin: time: missing unit in duration "5"'],
        [`${range}&query.duration_max=x`, 'malformed parameter query.duration_max: time: invalid duration "x"'],
        [
          `${range}&query.searchDepth=x`,
          'malformed parameter query.searchDepth: strconv.ParseInt: parsing "x": invalid syntax',
        ],
        [`${range}&query.num_traces=0`, 'malformed parameter query.num_traces: must be greater than 0'],
        [`${range}&query.attributes=x`, 'malformed parameter query.attributes: invalid JSON'],
        [
          `${range}&query.rawTraces=x`,
          'malformed parameter query.rawTraces: strconv.ParseBool: parsing "x": invalid syntax',
        ],
      ] as const) {
        const { status, body } = await backend.get(`${path}?${query}`)
        expect({ status, body }).toMatchObject({
          status: 400,
          body: { error: { httpCode: 400, message: expect.stringContaining(message) } },
        })
      }
    },
  )

  test('a search for whole traces that finds none is answered 404', async () => {
    expect(await backend.get(`/api/v3/traces?${range}&query.serviceName=no`)).toEqual(failure(404, 'No traces found'))
  })
})

describe('a trace', () => {
  test('as OTLP in a result, by hex or base64', async () => {
    const base64 = encodeURIComponent(Buffer.from(traceIdOf(2), 'hex').toString('base64'))
    for (const id of [
      traceIdOf(2),
      traceIdOf(2).toUpperCase(),
      base64,
      `${traceIdOf(2)}?startTime=${iso(0)}&end_time=${iso(1)}&rawTraces=true`,
    ]) {
      expect(await backend.get(`/api/v3/traces/${id}`)).toMatchObject({
        status: 200,
        body: {
          result: { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: traceIdOf(2), status: { code: 2 } }] }] }] },
        },
      })
    }
  })

  test('with warnings, unless raw', async () => {
    const attributes = async (query: string) => {
      const { body } = await backend.get(`/api/v3/traces/${traceIdOf(3)}${query}`)
      return (body as { result: { resourceSpans: OtlpResourceSpans[] } }).result.resourceSpans[0]?.scopeSpans[0]
        ?.spans[0]?.attributes
    }
    expect(await attributes('')).toMatchObject([{ key: '@jaeger@warnings' }])
    expect(await attributes('?raw_traces=1')).toBeUndefined()
  })

  test.each([
    ['0123', 404, 'No traces found'],
    ['xyz', 400, 'malformed parameter trace_id: strconv.ParseUint: parsing "xyz": invalid syntax'],
    [
      '1?startTime=x',
      400,
      'malformed parameter startTime: parsing time "x": expected RFC 3339, as in "2026-01-24T12:00:00Z"',
    ],
    [
      '1?end_time=x',
      400,
      'malformed parameter end_time: parsing time "x": expected RFC 3339, as in "2026-01-24T12:00:00Z"',
    ],
    ['1?raw_traces=x', 400, 'malformed parameter raw_traces: strconv.ParseBool: parsing "x": invalid syntax'],
    ['%zz', 400, 'the path is not valid: malformed percent-encoding'],
  ])('%s is answered %i', async (path, status, message) => {
    expect(await backend.get(`/api/v3/traces/${path}`)).toEqual(failure(status, message))
  })
})

test('dependencies, for a window that is not empty', async () => {
  expect(await backend.get(`/api/v3/dependencies?startTime=${iso(0)}&endTime=${iso(9000)}`)).toEqual({
    status: 200,
    body: { dependencies: [{ parent: 'gateway', child: 'products', callCount: '1' }] },
  })
  for (const [query, name] of [
    ['', 'startTime'],
    [`start_time=${iso(0)}`, 'endTime'],
    [`startTime=x&endTime=${iso(0)}`, 'startTime'],
    [`startTime=${iso(0)}&endTime=${iso(0)}`, 'endTime'],
  ] as const) {
    const { status, body } = await backend.get(`/api/v3/dependencies?${query}`)
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining(`malformed parameter ${name}`) } },
    })
  }
})

test('what is not there is answered 404 in the same shape', async () => {
  expect(await backend.get('/api/v3/nothing')).toEqual(failure(404, 'no such resource: GET /api/v3/nothing'))
  expect(backend.errors).toEqual([])
})
