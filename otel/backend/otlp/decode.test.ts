// What is stored of a request and read again is what protobufjs reads from it, in both of OTLP's encodings.
import { describe, expect, test } from 'vitest'
import { toOtlpValue, toResourceSpans } from '../jaeger/to-otlp.ts'
import { findLogs } from '../logs/log-query.ts'
import { LogStore } from '../logs/log-store.ts'
import { decodeMessage, encodeMessage } from '../testing/oracle.ts'
import { randomLogsRequest, randomTraceRequest } from '../testing/random-request.ts'
import { findTrace } from '../traces/search.ts'
import { readTrace } from '../traces/span-record.ts'
import { SpanStore } from '../traces/span-store.ts'
import { decodeRequest, TooManyRecordsError } from './decode-groups.ts'
import { decodeLogRecord } from './decode-logs.ts'
import { decodeSpan } from './decode-spans.ts'
import { writeLogsRequest, writeTraceRequest } from './json-requests.ts'
import { ProtoWriter } from './proto-writer.ts'
import { RecordBatch } from './record-batch.ts'

const MIB = 1024 * 1024

function addSpans(store: SpanStore, bytes: Uint8Array): RecordBatch {
  const batch = new RecordBatch()
  decodeRequest(bytes, batch, decodeSpan)
  store.add(batch)
  return batch
}

function transcode(write: (w: ProtoWriter, json: unknown) => void, json: object): Buffer {
  const w = new ProtoWriter(16)
  write(w, json)
  return w.finish()
}

/** A request in a form in which the order of groups, spans and attributes does not count. */
function canonicalSpans(request: { resourceSpans?: Json[] }): string[] {
  const lines = (request.resourceSpans ?? []).flatMap((resource) =>
    list(resource.scopeSpans).flatMap((scope) =>
      list(scope.spans).map((span) =>
        canonical([resource.resource, resource.schemaUrl, scope.scope, scope.schemaUrl, span]),
      ),
    ),
  )
  return lines.sort()
}

type Json = Record<string, unknown>

function list(value: unknown): Json[] {
  return (value ?? []) as Json[]
}

/** Members by name, attributes by key; zero, empty and absent members are the same; bytes as hex. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, member: unknown) => {
    if (member === 0 || member === '0' || member === '' || (Array.isArray(member) && member.length === 0)) {
      return ['stringValue', 'intValue', 'doubleValue', 'boolValue'].includes(key) ? String(member) : undefined
    }
    if (key === 'intValue') return String(member)
    if (typeof member !== 'object' || member === null) return member
    if ('type' in member && member.type === 'Buffer')
      return Buffer.from((member as unknown as { data: number[] }).data).toString('hex')
    if (Array.isArray(member)) return key === 'attributes' || key === 'events' ? member.map(canonical).sort() : member
    const entries = Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))
    const filled = Object.fromEntries(entries)
    return key !== '' && JSON.stringify(filled) === '{}' ? undefined : filled
  })
}

/** The oracle's reading with ids in hex and bytes in base64, as OTLP's JSON form has them. */
function oracleJson(value: unknown, key = ''): unknown {
  if (Buffer.isBuffer(value)) return value.toString(key === 'bytesValue' ? 'base64' : 'hex')
  if (Array.isArray(value)) return value.map((item) => oracleJson(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, oracleJson(member, name)]))
}

function storedSpans(store: SpanStore, bytes: Uint8Array): string[] {
  const request = oracleJson(decodeMessage('TraceRequest', bytes)) as { resourceSpans: Json[] }
  const ids = new Set(
    request.resourceSpans.flatMap((r) =>
      list(r.scopeSpans).flatMap((s) => list(s.spans).map((span) => String(span.traceId))),
    ),
  )
  const resourceSpans = [...ids].flatMap((id) => toResourceSpans(readTrace(store, findTrace(store, id)), { raw: true }))
  return canonicalSpans({ resourceSpans: resourceSpans as unknown as Json[] })
}

describe('traces', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))('random request %i comes back whole', (seed) => {
    const { message, json } = randomTraceRequest(seed, 24)
    const bytes = encodeMessage('TraceRequest', message)
    const expected = canonicalSpans(oracleJson(decodeMessage('TraceRequest', bytes)) as { resourceSpans: Json[] })
    expect(expected.length).toBeGreaterThan(0)
    for (const body of [bytes, transcode(writeTraceRequest, json)]) {
      const store = new SpanStore({ budgetBytes: 8 * MIB, seed: 1 })
      const batch = addSpans(store, body)
      expect([...batch.refused]).toEqual([])
      expect(storedSpans(store, bytes)).toEqual(expected)
    }
  })

  test('JSON is transcoded to what protobufjs writes', () => {
    for (let seed = 100; seed < 140; seed++) {
      const { message, json } = randomTraceRequest(seed, 24)
      const ours = decodeMessage('TraceRequest', transcode(writeTraceRequest, json))
      expect(canonical(ours)).toBe(canonical(decodeMessage('TraceRequest', encodeMessage('TraceRequest', message))))
    }
  })

  test('fields in any order, unknown fields and repeated fields are read', () => {
    const span = {
      traceId: Buffer.alloc(16, 1),
      spanId: Buffer.alloc(8, 2),
      name: 'n',
      startTimeUnixNano: '5',
      endTimeUnixNano: '9',
    }
    const attribute = (key: string) => ({ attributes: [{ key, value: { stringValue: 'v' } }] })
    const unknown = Buffer.from([0xa2, 0x06, 0x01, 0x00]) // field 100, one byte
    const spanBytes = Buffer.concat([
      encodeMessage('Span', attribute('first')),
      unknown,
      encodeMessage('Span', span),
      encodeMessage('Span', attribute('second')),
      encodeMessage('Span', { name: 'the last one counts' }),
    ])
    const scope = Buffer.concat([field(2, spanBytes), unknown, encodeMessage('ScopeSpans', { scope: { name: 's' } })])
    const resource = { resource: { attributes: [{ key: 'service.name', value: { stringValue: 'late' } }] } }
    const group = Buffer.concat([field(2, scope), encodeMessage('ResourceSpans', resource), unknown])
    const store = new SpanStore({ budgetBytes: 8 * MIB })
    addSpans(store, field(1, group))
    const [stored] = readTrace(store, findTrace(store, '01'.repeat(16))).spans
    expect(stored).toMatchObject({
      name: 'the last one counts',
      service: 'late',
      startUnixNano: 5n,
      scope: { name: 's' },
    })
    expect(stored?.attributes.map((a) => a.key)).toEqual(['first', 'second'])
  })

  const valid = {
    traceId: Buffer.alloc(16, 1),
    spanId: Buffer.alloc(8, 2),
    name: 'n',
    startTimeUnixNano: '5',
    endTimeUnixNano: '9',
  }
  const many = Array.from({ length: 1025 }, (_, i) => ({ key: `k${i}`, value: { boolValue: true } }))

  test.each([
    ['no trace id', { traceId: Buffer.alloc(0) }, 'invalid_trace_id'],
    ['a zero trace id', { traceId: Buffer.alloc(16) }, 'invalid_trace_id'],
    ['a short trace id', { traceId: Buffer.alloc(8, 1) }, 'invalid_trace_id'],
    ['a long trace id', { traceId: Buffer.alloc(17, 1) }, 'invalid_trace_id'],
    ['no span id', { spanId: Buffer.alloc(0) }, 'invalid_span_id'],
    ['a zero span id', { spanId: Buffer.alloc(8) }, 'invalid_span_id'],
    ['a long span id', { spanId: Buffer.alloc(9, 1) }, 'invalid_span_id'],
    ['a short parent id', { parentSpanId: Buffer.alloc(7, 1) }, 'invalid_parent_span_id'],
    ['no name', { name: '' }, 'missing_name'],
    ['no start', { startTimeUnixNano: '0' }, 'missing_time'],
    ['a name of 5 kB', { name: 'n'.repeat(5000) }, 'too_large'],
    ['a key of 5 kB', { attributes: [{ key: 'k'.repeat(5000), value: { boolValue: true } }] }, 'too_large'],
    ['1025 attributes', { attributes: many }, 'too_many_items'],
    ['1025 attributes of an event', { events: [{ name: 'e', attributes: many }] }, 'too_many_items'],
    [
      '1025 links',
      { links: many.map(() => ({ traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) })) },
      'too_many_items',
    ],
    ['300 kB', { attributes: [{ key: 'k', value: { stringValue: 'x'.repeat(300_000) } }] }, 'too_large'],
  ])('a span with %s is refused, its neighbours are not', (_name, change, reason) => {
    const spans = [valid, { ...valid, ...change }, { ...valid, spanId: Buffer.alloc(8, 3) }]
    const store = new SpanStore({ budgetBytes: 64 * MIB })
    const batch = addSpans(store, encodeMessage('TraceRequest', { resourceSpans: [{ scopeSpans: [{ spans }] }] }))
    expect([...batch.refused]).toEqual([[reason, 1]])
    expect(store.counters).toMatchObject({ received: 3, stored: 2, refused: 1 })
  })

  test('an all-zero parent means none, and what OTLP leaves open has a meaning', () => {
    const store = new SpanStore({ budgetBytes: 8 * MIB })
    const spans = [{ ...valid, parentSpanId: Buffer.alloc(8), kind: 77, status: { code: 9 } }]
    addSpans(store, encodeMessage('TraceRequest', { resourceSpans: [{ scopeSpans: [{ spans }] }] }))
    const [span] = readTrace(store, findTrace(store, '01'.repeat(16))).spans
    expect(span).toMatchObject({ parentSpanId: '', kind: 0, statusCode: 0, service: 'missing-service-name' })
  })

  test('more records than one request may have are refused whole', () => {
    const tooMany = field(1, field(2, Buffer.alloc(2 * 131_073).fill(Buffer.from([0x12, 0x00]))))
    expect(() => decodeRequest(tooMany, new RecordBatch(), decodeSpan)).toThrow(TooManyRecordsError)
  })

  test('values nested too deeply are malformed', () => {
    let value: object = { boolValue: true }
    for (let i = 0; i < 40; i++) value = { arrayValue: { values: [value] } }
    const spans = [{ ...valid, attributes: [{ key: 'deep', value }] }]
    const bytes = encodeMessage('TraceRequest', { resourceSpans: [{ scopeSpans: [{ spans }] }] })
    expect(() => decodeRequest(bytes, new RecordBatch(), decodeSpan)).toThrow('nested deeper than 32')
  })
})

describe('logs', () => {
  test.each(Array.from({ length: 20 }, (_, seed) => seed))('random request %i comes back whole', (seed) => {
    const { message, json } = randomLogsRequest(seed, 24)
    const bytes = encodeMessage('LogsRequest', message)
    const expected = list((oracleJson(decodeMessage('LogsRequest', bytes)) as Json).resourceLogs)
      .flatMap((resource) => list(resource.scopeLogs).flatMap((scope) => list(scope.logRecords)))
      .map(({ droppedAttributesCount: _d, flags: _f, observedTimeUnixNano: _o, ...record }) => canonical(record))
    for (const body of [bytes, transcode(writeLogsRequest, json)]) {
      const store = new LogStore({ budgetBytes: 8 * MIB, now: () => 1 })
      const batch = new RecordBatch()
      decodeRequest(body, batch, decodeLogRecord)
      store.add(batch)
      const query = {
        traceId: null,
        spanId: null,
        service: null,
        instance: null,
        minSeverity: 0,
        text: null,
        startNs: null,
        endNs: null,
      }
      const { records } = findLogs(store, { ...query, limit: 1000, after: null })
      const stored = records.map((record) => {
        const { severityNumber, severityText, eventName, traceId, spanId } = record
        const attributes = record.attributes.map(({ key, value }) => ({ key, value: toOtlpValue(value) }))
        const timeUnixNano = String(record.timeUnixNano)
        return canonical({
          timeUnixNano,
          severityNumber,
          severityText,
          eventName,
          traceId,
          spanId,
          attributes,
          body: toOtlpValue(record.body),
        })
      })
      expect(stored.sort()).toEqual(expected.sort())
    }
  })

  test('a record with a broken trace id is kept without it, and one without a time gets the time of its observation or of its arrival', () => {
    const logRecords = [
      { traceId: Buffer.alloc(3, 1), spanId: Buffer.alloc(3, 1), observedTimeUnixNano: '7' },
      { body: { stringValue: 'now' } },
    ]
    const store = new LogStore({ budgetBytes: 8 * MIB, now: () => 2 })
    const batch = new RecordBatch()
    decodeRequest(
      encodeMessage('LogsRequest', { resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
      batch,
      decodeLogRecord,
    )
    store.add(batch)
    const query = {
      traceId: null,
      spanId: null,
      service: null,
      instance: null,
      minSeverity: 0,
      text: null,
      startNs: null,
      endNs: null,
    }
    const { records } = findLogs(store, { ...query, limit: 10, after: null })
    expect(records).toMatchObject([
      { traceId: '', spanId: '', timeUnixNano: 7n },
      { timeUnixNano: 2_000_000n, body: { value: 'now' } },
    ])
  })
})

function field(number: number, content: Buffer): Buffer {
  const w = new ProtoWriter()
  w.bytes(number, content)
  return Buffer.from(w.finish())
}
