// The older API over HTTP: shapes, parameters and errors as Jaeger has them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningBackend, startBackend } from '../testing/running-backend.ts'
import { BASE_MS, traceIdOf } from '../testing/span-builder.ts'
import { MAX_SEARCH_LIMIT } from './params.ts'
import type { Envelope, LegacyTrace } from './wire.ts'

let backend: RunningBackend
const nowMs = BASE_MS + 60_000

beforeAll(async () => {
  backend = await startBackend({ now: () => nowMs })
  await backend.send([
    {
      trace: 1,
      span: 1,
      service: 'gateway',
      name: 'GET /products',
      startMs: 1000,
      durationMs: 100,
      attributes: { user: 'ann' },
    },
    { trace: 1, span: 2, parent: 1, service: 'gateway', name: 'GET', kind: 3, startMs: 1010, durationMs: 80 },
    { trace: 1, span: 3, parent: 2, service: 'products', name: 'GET /products', startMs: 1020, durationMs: 50 },
    {
      trace: 2,
      span: 1,
      service: 'gateway',
      name: 'POST /checkout',
      startMs: 2000,
      durationMs: 900,
      status: { code: 2 },
    },
    { trace: 3, span: 1, service: 'a/b ü+?', name: 'odd', kind: 0, startMs: 3000 },
    { trace: 4, span: 1, service: 'gateway', name: 'old', startMs: -49 * 3_600_000 },
    { trace: '000000000000000000000000000000ff', span: 1, service: 'short', name: 'n', startMs: 4000 },
  ])
})
afterAll(() => backend.stop())

const us = (ms: number) => String((BASE_MS + ms) * 1000)

async function traces(query: string): Promise<string[]> {
  const { status, body } = await backend.get(`/api/traces?${query}`)
  expect(status).toBe(200)
  return ((body as Envelope<LegacyTrace[]>).data ?? []).map((trace) => trace.traceID)
}

function ids(...numbers: number[]): string[] {
  return numbers.map(traceIdOf)
}

function failure(code: number, msg: string): object {
  return { status: code, body: { data: null, total: 0, limit: 0, offset: 0, errors: [{ code, msg }] } }
}

describe('lists', () => {
  test('services', async () => {
    const data = ['a/b ü+?', 'gateway', 'products', 'short']
    expect(await backend.get('/api/services')).toEqual({
      status: 200,
      body: { data, total: 4, limit: 0, offset: 0, errors: null },
    })
  })

  test('operations by path, each name once', async () => {
    const data = ['GET', 'GET /products', 'POST /checkout', 'old']
    expect((await backend.get('/api/services/gateway/operations')).body).toMatchObject({ data, total: 4, errors: null })
    expect((await backend.get(`/api/services/${encodeURIComponent('a/b ü+?')}/operations`)).body).toMatchObject({
      data: ['odd'],
    })
    expect((await backend.get('/api/services/unknown/operations')).body).toMatchObject({ data: [], total: 0 })
  })

  test('operations by query, with their kinds', async () => {
    expect((await backend.get('/api/operations?service=gateway&spanKind=client')).body).toMatchObject({
      data: [{ name: 'GET', spanKind: 'client' }],
      total: 1,
    })
    expect((await backend.get(`/api/operations?service=${encodeURIComponent('a/b ü+?')}`)).body).toMatchObject({
      data: [{ name: 'odd', spanKind: '' }],
    })
    expect((await backend.get('/api/operations?service=gateway&spanKind=nonsense')).body).toMatchObject({ data: [] })
    expect(await backend.get('/api/operations')).toEqual(failure(400, "parameter 'service' is required"))
  })

  test('dependencies, for a window in milliseconds', async () => {
    const data = [{ parent: 'gateway', child: 'products', callCount: 1 }]
    const envelope = { total: 0, limit: 0, offset: 0, errors: null }
    expect(await backend.get('/api/dependencies')).toEqual({ status: 200, body: { data, ...envelope } })
    expect((await backend.get(`/api/dependencies?endTs=${BASE_MS + 1020}&lookback=0`)).body).toMatchObject({ data })
    expect((await backend.get(`/api/dependencies?endTs=${BASE_MS + 1019}&lookback=86400000`)).body).toMatchObject({
      data: [],
    })
    expect((await backend.get('/api/dependencies?service=products')).body).toMatchObject({ data })
    expect((await backend.get('/api/dependencies?service=short')).body).toMatchObject({ data: [] })
  })
})

describe('search', () => {
  test.each<[string, number[]]>([
    ['service=gateway', [2, 1]],
    ['service=gateway&limit=1', [2]],
    ['service=gateway&operation=GET%20%2Fproducts', [1]],
    ['service=unknown', []],
    ['service=gateway&minDuration=500ms', [2]],
    ['service=gateway&maxDuration=0.1s', [1]],
    ['service=gateway&minDuration=100ms&maxDuration=100ms', [1]],
    ['service=gateway&tag=user:ann', [1]],
    ['service=gateway&tag=user:ann&tag=error:true', []],
    ['service=gateway&tag=user:a:b', []],
    [`service=gateway&tags=${encodeURIComponent('{"user":"ann"}')}`, [1]],
    [`service=gateway&tags=${encodeURIComponent('{"error":"true"}')}`, [2]],
    [`service=gateway&start=${us(2000)}&end=${us(2000)}`, [2]],
    [`service=gateway&end=${us(1500)}`, [1]],
    [`service=gateway&start=${us(-50 * 3_600_000)}`, [2, 1, 4]],
    ['service=gateway&lookback=50h', [2, 1, 4]],
    ['service=gateway&lookback=3d', [2, 1, 4]],
    ['service=gateway&lookback=58500ms', [2]],
    ['service=gateway&lookback=custom', [2, 1]],
    [`service=gateway&lookback=50h&start=${us(1500)}`, [2]],
    ['service=gateway&raw=true&prettyPrint=true&unknown=1', [2, 1]],
  ])('%s finds %j', async (query, expected) => {
    expect(await traces(query)).toEqual(ids(...expected))
  })

  test('by ids, the ones that are not there told as errors', async () => {
    const { status, body } = await backend.get(
      `/api/traces?traceID=${traceIdOf(2)}&traceID=${traceIdOf(1)}&traceID=bad0`,
    )
    const { data, errors } = body as Envelope<LegacyTrace[]>
    expect([status, data?.map((trace) => trace.traceID)]).toEqual([200, ids(2, 1)])
    expect(errors).toEqual([{ msg: 'trace not found', traceID: '000000000000bad0' }])
  })

  test.each([
    ['', "parameter 'service' is required"],
    ['service=', "parameter 'service' is required"],
    ['service=a&start=x', `unable to parse param 'start': strconv.ParseInt: parsing "x": invalid syntax`],
    ['service=a&start=1.5', `unable to parse param 'start': strconv.ParseInt: parsing "1.5": invalid syntax`],
    [
      'service=a&end=99999999999999999999',
      `unable to parse param 'end': strconv.ParseInt: parsing "99999999999999999999": value out of range`,
    ],
    ['service=a&limit=many', `unable to parse param 'limit': strconv.ParseInt: parsing "many": invalid syntax`],
    ['service=a&limit=0', 'invalid parameter: limit must be greater than 0'],
    ['service=a&limit=-5', 'invalid parameter: limit must be greater than 0'],
    ['service=a&minDuration=100', `unable to parse param 'minDuration': time: missing unit in duration "100"`],
    ['service=a&maxDuration=x', `unable to parse param 'maxDuration': time: invalid duration "x"`],
    ['service=a&minDuration=2s&maxDuration=1s', "'maxDuration' should be greater than 'minDuration'"],
    ['service=a&tag=novalue', "malformed 'tag' parameter, expecting key:value, received: novalue"],
    ['service=a&tags=x', "malformed 'tags' parameter, cannot unmarshal JSON: invalid JSON"],
    ['service=a&tags=[]', "malformed 'tags' parameter, cannot unmarshal JSON: expected an object of strings"],
    ['service=a&tags={"a":1}', `malformed 'tags' parameter, cannot unmarshal JSON: the value of "a" is not a string`],
    ['traceID=xyz', 'cannot parse traceID param: strconv.ParseUint: parsing "xyz": invalid syntax'],
    ['service=a&raw=perhaps', `unable to parse param 'raw': strconv.ParseBool: parsing "perhaps": invalid syntax`],
    ['service=a&start=2&end=1', 'invalid parameter: start time must be before end time'],
  ])('%j is answered 400 and says why', async (query, message) => {
    expect(await backend.get(`/api/traces?${query}`)).toEqual(failure(400, message))
  })

  test('the limit is 100 unless one is given, and never more than is reasonable', async () => {
    const many = await startBackend({ now: () => nowMs })
    await many.send(Array.from({ length: MAX_SEARCH_LIMIT + 100 }, (_, i) => ({ trace: i + 1, span: 1, startMs: i })))
    for (const [query, count] of [
      ['', 100],
      ['&limit=250', 250],
      ['&limit=99999', MAX_SEARCH_LIMIT],
    ] as const) {
      const { body } = await many.get(`/api/traces?service=shop${query}`)
      const data = (body as Envelope<LegacyTrace[]>).data ?? []
      expect(data).toHaveLength(count)
      expect(data[0]?.traceID).toBe(traceIdOf(MAX_SEARCH_LIMIT + 100))
    }
    // A reader that has seen enough goes away in the middle; that is no error of ours.
    const response = await fetch(`${many.queryUrl}/api/traces?service=shop&limit=${MAX_SEARCH_LIMIT}`)
    await response.body?.cancel()
    expect((await many.get('/api/services')).status).toBe(200)
    expect(many.errors).toEqual([])
    await many.stop()
  })
})

describe('a trace', () => {
  test('in the envelope, by long and short id, in any case', async () => {
    const { status, body } = await backend.get(`/api/traces/${traceIdOf(1)}`)
    expect([status, body]).toMatchObject([
      200,
      { data: [{ traceID: traceIdOf(1) }], total: 0, limit: 0, offset: 0, errors: null },
    ])
    const [trace] = (body as Envelope<LegacyTrace[]>).data ?? []
    expect(trace?.spans.map((span) => [span.spanID, trace.processes[span.processID]?.serviceName])).toEqual([
      ['0000000000000001', 'gateway'],
      ['0000000000000002', 'gateway'],
      ['0000000000000003', 'products'],
    ])
    for (const id of [traceIdOf(1).toUpperCase(), `${traceIdOf(1)}?start=1&end=2&raw=1`]) {
      expect((await backend.get(`/api/traces/${id}`)).status).toBe(200)
    }
    for (const id of ['ff', '00ff', '000000000000000000000000000000FF']) {
      expect((await backend.get(`/api/traces/${id}`)).body).toMatchObject({ data: [{ traceID: '00000000000000ff' }] })
    }
  })

  test('raw has no warnings', async () => {
    await backend.send([{ trace: 50, span: 1, parent: 9, startMs: -90 * 3_600_000, service: 'short' }])
    const warnings = async (query: string) => {
      const { body } = await backend.get(`/api/traces/${traceIdOf(50)}${query}`)
      return (body as Envelope<LegacyTrace[]>).data?.[0]?.spans[0]?.warnings
    }
    expect(await warnings('')).toHaveLength(1)
    expect(await warnings('?raw=true')).toBeNull()
  })

  test('a trace beyond its limit says so', async () => {
    const small = await startBackend({ maxSpansPerTrace: 2 })
    await small.send([1, 2, 3].map((span) => ({ trace: 1, span })))
    const { body } = await small.get(`/api/traces/${traceIdOf(1)}`)
    expect(body).toMatchObject({ data: [{ warnings: ['trace is incomplete: 1 spans beyond its limit were dropped'] }] })
    await small.stop()
  })

  test.each([
    ['0123', 404, 'trace not found'],
    ['xyz', 400, 'cannot parse traceID param: strconv.ParseUint: parsing "xyz": invalid syntax'],
    [
      '1'.repeat(33),
      400,
      `cannot parse traceID param: TraceID cannot be longer than 32 hex characters: ${'1'.repeat(33)}`,
    ],
    ['1?start=x', 400, `unable to parse param 'start': strconv.ParseInt: parsing "x": invalid syntax`],
    ['%zz', 400, 'the path is not valid: malformed percent-encoding'],
  ])('%s is answered %i', async (path, status, message) => {
    expect(await backend.get(`/api/traces/${path}`)).toEqual(failure(status, message))
  })
})

test('what is not there is answered 404 in the same shape', async () => {
  expect(await backend.get('/api/nothing')).toEqual(failure(404, 'no such resource: GET /api/nothing'))
  expect(await backend.get('/elsewhere')).toEqual(failure(404, 'no such resource: GET /elsewhere'))
  expect(backend.errors).toEqual([])
})
