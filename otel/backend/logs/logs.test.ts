// The log store and its API: what is found by which parameter, following, bounds and errors.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeRequest } from '../otlp/decode-groups.ts'
import { decodeLogRecord } from '../otlp/decode-logs.ts'
import { writeLogsRequest } from '../otlp/json-requests.ts'
import { ProtoWriter } from '../otlp/proto-writer.ts'
import { RecordBatch } from '../otlp/record-batch.ts'
import { type RunningBackend, startBackend } from '../testing/running-backend.ts'
import { attributesOf, BASE_MS, spanIdOf, traceIdOf } from '../testing/span-builder.ts'
import { severityName } from './log-routes.ts'
import { LogStore } from './log-store.ts'

interface LogSpec {
  body: unknown
  atMs?: number
  severity?: number
  severityText?: string
  trace?: number
  span?: number
  service?: string
  instance?: string
  attributes?: Record<string, unknown>
}

interface Page {
  data: { body: string; service: string; severity: string }[]
  cursor: string
  more: boolean
}

function requestOf(specs: readonly LogSpec[]): object {
  return {
    resourceLogs: specs.map((spec) => ({
      resource: {
        attributes: attributesOf({
          'service.name': spec.service ?? 'shop',
          'service.instance.id': spec.instance ?? 'shop-1',
        }),
      },
      scopeLogs: [
        {
          logRecords: [
            {
              timeUnixNano: `${BASE_MS + (spec.atMs ?? 0)}000000`,
              severityNumber: spec.severity ?? 9,
              ...(spec.severityText ? { severityText: spec.severityText } : {}),
              body:
                typeof spec.body === 'string'
                  ? { stringValue: spec.body }
                  : { kvlistValue: { values: attributesOf(spec.body as Record<string, unknown>) } },
              attributes: attributesOf(spec.attributes ?? {}),
              ...(spec.trace ? { traceId: traceIdOf(spec.trace) } : {}),
              ...(spec.span ? { spanId: spanIdOf(spec.span) } : {}),
            },
          ],
        },
      ],
    })),
  }
}

async function send(backend: RunningBackend, specs: readonly LogSpec[]): Promise<void> {
  const body = JSON.stringify(requestOf(specs))
  const response = await fetch(`${backend.otlpUrl}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  expect(response.status).toBe(200)
}

async function page(backend: RunningBackend, query: string): Promise<Page> {
  const { status, body } = await backend.get(`/api/logs?${query}`)
  expect(status).toBe(200)
  return body as Page
}

describe('finding', () => {
  let backend: RunningBackend
  beforeAll(async () => {
    backend = await startBackend()
    await send(backend, [
      { body: 'third', atMs: 30, severity: 17, service: 'orders', instance: 'orders-2', trace: 1, span: 2 },
      { body: 'first', atMs: 10, severity: 5, service: 'orders', instance: 'orders-1', trace: 1, span: 1 },
      { body: 'second: Größe 5', atMs: 20, severity: 13, service: 'users', instance: 'users-1', trace: 2 },
      {
        body: { msg: 'structured', n: 5 },
        atMs: 40,
        severityText: 'notice',
        attributes: { a: 1, b: ['x', 2 ** 60], c: { d: true } },
      },
    ])
  })
  afterAll(() => backend.stop())

  const structured = '{"msg":"structured","n":5}'
  test.each<[string, string[]]>([
    ['', ['first', 'second: Größe 5', 'third', structured]],
    [`traceID=${traceIdOf(1)}`, ['first', 'third']],
    [`traceID=${traceIdOf(1).toUpperCase()}&spanID=${spanIdOf(2)}`, ['third']],
    ['spanID=2', ['third']],
    [`traceID=${traceIdOf(3)}`, []],
    ['service=orders', ['first', 'third']],
    ['instance=orders-2', ['third']],
    ['service=users&instance=orders-2', []],
    ['severity=warn', ['second: Größe 5', 'third']],
    ['severity=ERROR', ['third']],
    ['severity=6', ['second: Größe 5', 'third', structured]],
    ['q=gröSSe', []],
    ['q=GRÖßE', ['second: Größe 5']],
    ['q=STRUCT', [structured]],
    [`start=${(BASE_MS + 20) * 1000}`, ['second: Größe 5', 'third', structured]],
    [`end=${(BASE_MS + 20) * 1000}`, ['first', 'second: Größe 5']],
    [`start=${(BASE_MS + 20) * 1000}&end=${(BASE_MS + 30) * 1000}`, ['second: Größe 5', 'third']],
    ['limit=1', [structured]],
    ['limit=3', ['first', 'second: Größe 5', structured]],
  ])('%j finds %j', async (query, bodies) => {
    expect((await page(backend, query)).data.map((record) => record.body)).toEqual(bodies)
  })

  test('a record has all of its fields', async () => {
    const { data } = await page(backend, 'q=structured')
    expect(data).toEqual([
      {
        timeUnixNano: `${BASE_MS + 40}000000`,
        severity: 'notice',
        severityNumber: 9,
        body: structured,
        traceID: '',
        spanID: '',
        service: 'shop',
        instance: 'shop-1',
        attributes: { a: 1, b: ['x', '1152921504606846976'], c: { d: true } },
      },
    ])
    expect((await page(backend, 'service=users')).data).toMatchObject([
      { severity: 'WARN', traceID: traceIdOf(2), spanID: '' },
    ])
  })

  test.each([
    ['limit=0', "unable to parse param 'limit': must be from 1 to 5000"],
    ['limit=5001', "unable to parse param 'limit': must be from 1 to 5000"],
    ['limit=x', `unable to parse param 'limit': strconv.ParseInt: parsing "x": invalid syntax`],
    ['after=x', `unable to parse param 'after': strconv.ParseInt: parsing "x": invalid syntax`],
    ['after=-1', "unable to parse param 'after': must be a cursor that an answer gave"],
    ['start=x', `unable to parse param 'start': strconv.ParseInt: parsing "x": invalid syntax`],
    ['start=2&end=1', "unable to parse param 'start': must not be after end"],
    ['traceID=xyz', `unable to parse param 'traceID': strconv.ParseUint: parsing "xyz": invalid syntax`],
    ['spanID=00000000000000001', "unable to parse param 'spanID': expected up to 16 hex digits"],
    [
      'severity=loud',
      "unable to parse param 'severity': expected one of trace, debug, info, warn, error, fatal or a number from 1 to 24",
    ],
    [
      'severity=25',
      "unable to parse param 'severity': expected one of trace, debug, info, warn, error, fatal or a number from 1 to 24",
    ],
  ])('%s is answered 400 and named', async (query, msg) => {
    expect(await backend.get(`/api/logs?${query}`)).toEqual({
      status: 400,
      body: { data: null, total: 0, limit: 0, offset: 0, errors: [{ code: 400, msg }] },
    })
  })
})

describe('following', () => {
  test('each record comes once and in order of arrival, whatever the limit', async () => {
    const backend = await startBackend()
    await send(backend, [{ body: 'before' }])
    let cursor = (await page(backend, '')).cursor
    const seen: string[] = []
    let sent = 0
    for (let round = 0; round < 20; round++) {
      const specs = Array.from({ length: round % 7 }, () => ({
        body: `${sent++}`,
        severity: sent % 3 ? 9 : 17,
        atMs: sent,
      }))
      if (specs.length > 0) await send(backend, specs)
      const next = await page(backend, `after=${cursor}&limit=4`)
      seen.push(...next.data.map((record) => record.body))
      cursor = next.cursor
    }
    for (let more = true; more; ) {
      const next = await page(backend, `after=${cursor}&limit=4`)
      seen.push(...next.data.map((record) => record.body))
      more = next.more
      cursor = next.cursor
    }
    expect(seen).toEqual(Array.from({ length: sent }, (_, i) => `${i}`))
    expect(await page(backend, `after=${cursor}`)).toEqual({ data: [], cursor, more: false })
    await backend.stop()
  })

  test('a filter passes by what does not match, for good', async () => {
    const backend = await startBackend()
    const { cursor } = await page(backend, '')
    await send(backend, [
      { body: 'quiet', severity: 9 },
      { body: 'loud', severity: 17 },
      { body: 'quiet too', severity: 9 },
    ])
    const next = await page(backend, `after=${cursor}&severity=error`)
    expect(next).toMatchObject({ data: [{ body: 'loud' }], more: false })
    expect((await page(backend, `after=${next.cursor}`)).data).toEqual([])
    await backend.stop()
  })

  test('a cursor from before a restart goes on with what is new', async () => {
    const before = await startBackend({ now: () => BASE_MS })
    await send(before, [{ body: 'lost' }])
    const { cursor } = await page(before, '')
    await before.stop()
    const after = await startBackend({ now: () => BASE_MS + 1000 })
    await send(after, [{ body: 'new' }])
    expect((await page(after, `after=${cursor}`)).data).toMatchObject([{ body: 'new' }])
    await after.stop()
  })
})

describe('the store', () => {
  function add(store: LogStore, specs: readonly LogSpec[]): RecordBatch {
    const w = new ProtoWriter()
    writeLogsRequest(w, requestOf(specs))
    const batch = new RecordBatch()
    decodeRequest(w.finish(), batch, decodeLogRecord)
    store.add(batch)
    return batch
  }

  test('keeps within its budget, giving up the oldest', () => {
    const store = new LogStore({ budgetBytes: 1024 * 1024, now: () => 1, seed: 1 })
    for (let i = 0; i < 4000; i++) {
      add(store, [{ body: `${i} ${'x'.repeat(400)}`, service: `s${i % 3}`, instance: `${i % 2 ? i : 'same'}` }])
      expect(store.bytes).toBeLessThanOrEqual(1024 * 1024)
    }
    expect(store.counters).toMatchObject({ received: 4000, stored: 4000, refused: 0 })
    expect(store.counters.evicted).toBeGreaterThan(1000)
    expect(store.size).toBeGreaterThan(500)
    expect(store.resources.size).toBeLessThanOrEqual(store.size)
  })

  test('refuses a record that is too large, and keeps its neighbours', () => {
    const store = new LogStore({ budgetBytes: 1024 * 1024, now: () => 1, seed: 1 })
    const batch = add(store, [{ body: 'a' }, { body: 'x'.repeat(100_000) }, { body: 'b' }])
    expect([...batch.refused]).toEqual([['too_large', 1]])
    expect(store.size).toBe(2)
  })
})

test.each([
  [0, ''],
  [1, 'TRACE'],
  [9, 'INFO'],
  [10, 'INFO2'],
  [17, 'ERROR'],
  [24, 'FATAL4'],
])('severity %i is %j', (number, name) => {
  expect(severityName(number)).toBe(name)
})
