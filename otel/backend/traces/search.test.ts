import { describe, expect, test } from 'vitest'
import { seededRandom } from '../bench-data.ts'
import { BASE_MS, batchOf, type SpanSpec } from '../testing/span-builder.ts'
import { searchTraces } from './search.ts'
import { traceIdOf as storedTraceId } from './span-record.ts'
import { SpanStore } from './span-store.ts'
import type { TraceQuery } from './trace-query.ts'

const MIB = 1024 * 1024

function storeOf(...specs: SpanSpec[]): SpanStore {
  const store = new SpanStore({ budgetBytes: 16 * MIB, seed: 1 })
  store.add(batchOf(specs))
  return store
}

function query(part: Partial<Omit<TraceQuery, 'tags'>> & { tags?: Record<string, string> }): TraceQuery {
  return {
    service: null,
    operation: null,
    startMinNs: 0n,
    startMaxNs: 2n ** 63n,
    minDurationNs: null,
    maxDurationNs: null,
    limit: 100,
    ...part,
    tags: new Map(Object.entries(part.tags ?? {})),
  }
}

/** Numbers of the traces found. */
function find(store: SpanStore, part: Parameters<typeof query>[0]): number[] {
  return searchTraces(store, query(part)).map((trace) => Number.parseInt(storedTraceId(store, trace).slice(-8), 16))
}

function atMs(ms: number): bigint {
  return BigInt(BASE_MS + ms) * 1_000_000n
}

const rich: SpanSpec = {
  trace: 1,
  span: 1,
  service: 'orders',
  name: 'POST /checkout',
  kind: 3,
  durationMs: 10,
  status: { code: 2, message: 'card refused' },
  scope: { name: 'http', version: '1.2', attributes: [{ key: 'scope.tag', value: { stringValue: 's' } }] },
  resource: { 'service.instance.id': 'orders-1', 'cloud.region': 'eu' },
  attributes: {
    text: 'plain',
    integer: 200,
    big: 1e15,
    negative: -7,
    double: 1.5,
    tiny: 1e-7,
    yes: true,
    bytes: Buffer.from([1, 2, 3]),
    list: ['a', 1, false],
    map: { b: 1, a: '<x>' },
    bracket: '[not a list',
    long: 'x'.repeat(3000),
    größe: 'für ☃',
  },
  events: [{ name: 'e', timeUnixNano: '1', attributes: [{ key: 'event.tag', value: { stringValue: 'in event' } }] }],
}
const plain: SpanSpec = { trace: 2, span: 1, service: 'orders', name: 'GET /', attributes: { text: 'other' } }

describe('tags', () => {
  const store = storeOf(rich, plain, { trace: 3, span: 1, service: 'users', attributes: { text: 'plain' } })

  test.each<[Record<string, string>, number[]]>([
    [{ text: 'plain' }, [1]],
    [{ text: 'plai' }, []],
    [{ text: 'other' }, [2]],
    [{ integer: '200' }, [1]],
    [{ integer: '200.0' }, []],
    [{ big: '1000000000000000' }, [1]],
    [{ negative: '-7' }, [1]],
    [{ double: '1.5' }, [1]],
    [{ tiny: '1e-7' }, [1]],
    [{ yes: 'true' }, [1]],
    [{ yes: 'false' }, []],
    [{ bytes: 'AQID' }, [1]],
    [{ list: '["a",1,false]' }, [1]],
    [{ map: '{"a":"\\u003cx\\u003e","b":1}' }, [1]],
    [{ bracket: '[not a list' }, [1]],
    [{ long: 'x'.repeat(3000) }, [1]],
    [{ long: `${'x'.repeat(2999)}y` }, []],
    [{ größe: 'für ☃' }, [1]],
    [{ 'event.tag': 'in event' }, [1]],
    [{ 'scope.tag': 's' }, [1]],
    [{ 'cloud.region': 'eu' }, [1]],
    [{ 'cloud.region': 'eu', text: 'plain' }, [1]],
    [{ 'cloud.region': 'eu', text: 'other' }, []],
    [{ 'resource.cloud.region': 'eu' }, [1]],
    [{ 'resource.text': 'plain' }, []],
    [{ error: 'true' }, [1]],
    [{ error: '1' }, [1]],
    [{ error: 'false' }, []],
    [{ error: 'maybe' }, []],
    [{ 'span.status': 'error' }, [1]],
    [{ 'otel.status_code': 'ERROR' }, [1]],
    [{ 'otel.status_description': 'card refused' }, [1]],
    [{ 'otel.status_description': 'card' }, []],
    [{ 'span.kind': 'client' }, [1]],
    [{ 'span.kind': 'server' }, [2]],
    [{ 'span.kind': 'nonsense' }, []],
    [{ 'scope.name': 'http' }, [1]],
    [{ 'otel.scope.name': 'http', 'otel.scope.version': '1.2' }, [1]],
    [{ 'scope.version': '1.3' }, []],
    [{ none: '' }, []],
  ])('%j finds %j', (tags, expected) => {
    expect(find(store, { service: 'orders', tags })).toEqual(expected)
  })

  test('all tags must hold on one and the same span', () => {
    const two = storeOf({ trace: 1, span: 1, attributes: { a: '1' } }, { trace: 1, span: 2, attributes: { b: '2' } })
    expect(find(two, { tags: { a: '1' } })).toEqual([1])
    expect(find(two, { tags: { a: '1', b: '2' } })).toEqual([])
    expect(find(two, { service: 'shop', tags: { b: '2' } })).toEqual([1])
  })

  test('a link’s attributes count, too', () => {
    const linked = storeOf(
      { trace: 1, span: 1, links: [{ trace: 9, span: 1, attributes: { l: 3 } }] },
      { trace: 2, span: 1 },
    )
    expect(find(linked, { tags: { l: '3' } })).toEqual([1])
  })
})

describe('fields', () => {
  const store = storeOf(
    { trace: 1, span: 1, service: 'a', name: 'x', startMs: 100, durationMs: 50 },
    { trace: 1, span: 2, service: 'b', name: 'y', startMs: 110, durationMs: 5 },
    { trace: 2, span: 1, service: 'a', name: 'y', startMs: 200, durationMs: 500 },
    { trace: 3, span: 1, service: 'b', name: 'x', startMs: 300, durationMs: 5 },
  )

  test.each<[string, Parameters<typeof query>[0], number[]]>([
    ['nothing at all', {}, [3, 2, 1]],
    ['a service', { service: 'a' }, [2, 1]],
    ['an unknown service', { service: 'c' }, []],
    ['an operation of a service', { service: 'a', operation: 'y' }, [2]],
    ['an operation that only another span of the trace has', { service: 'b', operation: 'x' }, [3]],
    ['a shortest duration, inclusive', { service: 'a', minDurationNs: 50_000_000n }, [2, 1]],
    ['a shortest duration, one nanosecond more', { service: 'a', minDurationNs: 50_000_001n }, [2]],
    ['a longest duration, inclusive', { service: 'a', maxDurationNs: 50_000_000n }, [1]],
    ['both durations', { minDurationNs: 5_000_000n, maxDurationNs: 5_000_000n }, [3, 1]],
    ['a start, inclusive', { startMinNs: atMs(200) }, [3, 2]],
    ['a start, one nanosecond more', { startMinNs: atMs(200) + 1n }, [3]],
    ['an end, inclusive', { startMaxNs: atMs(200) }, [2, 1]],
    ['an end, one nanosecond less', { startMaxNs: atMs(200) - 1n }, [1]],
    ['a time at which only the second span begins', { startMinNs: atMs(105), startMaxNs: atMs(115) }, [1]],
    ['a limit: the newest', { limit: 2 }, [3, 2]],
    ['times outside of what 64 bits hold', { startMinNs: -5n, startMaxNs: 2n ** 70n }, [3, 2, 1]],
  ])('by %s', (_name, part, expected) => {
    expect(find(store, part)).toEqual(expected)
  })

  test('the newest by start are found, whatever came last', () => {
    const shuffled = storeOf(...[5, 1, 4, 2, 3].map((n) => ({ trace: n, span: 1, startMs: n * 10 })))
    expect(find(shuffled, { limit: 3 })).toEqual([5, 4, 3])
  })
})

test('what a search finds is what looking at every span finds', () => {
  const random = seededRandom(5)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const store = new SpanStore({ budgetBytes: 16 * MIB, seed: 1 })
  const specs: (SpanSpec & { trace: number; startMs: number })[] = []
  for (let i = 0; i < 3000; i++) {
    specs.push({
      trace: 1 + Math.floor(random() * 600),
      span: i + 1,
      service: pick(['a', 'b', 'c']),
      name: pick(['x', 'y', 'z']),
      kind: 1 + Math.floor(random() * 3),
      startMs: Math.floor(random() * 1000),
      durationMs: Math.floor(random() * 100),
      status: { code: Math.floor(random() * 3) },
      attributes: { user: `u${Math.floor(random() * 50)}`, code: pick([200, 404, 500]) },
      resource: { region: pick(['eu', 'na']) },
    })
  }
  for (let i = 0; i < specs.length; i += 100) store.add(batchOf(specs.slice(i, i + 100)))
  const starts = new Map<number, number>()
  for (const { trace, startMs } of specs) starts.set(trace, Math.min(startMs, starts.get(trace) ?? startMs))
  let found = 0
  for (let i = 0; i < 200; i++) {
    const want = {
      service: pick([null, 'a', 'b']),
      operation: pick([null, null, 'x']),
      minMs: pick([null, null, 20, 90]),
      maxMs: pick([null, null, 50]),
      from: pick([0, 300]),
      tags: pick<Record<string, string>>([
        {},
        { user: `u${i % 50}` },
        { code: '500', region: 'eu' },
        { error: 'true', user: 'u3' },
        { 'span.kind': 'client' },
      ]),
    }
    const matching = specs.filter((s) => {
      if (want.service !== null && s.service !== want.service) return false
      if (want.operation !== null && s.name !== want.operation) return false
      if (want.minMs !== null && s.durationMs! < want.minMs) return false
      if (want.maxMs !== null && s.durationMs! > want.maxMs) return false
      if (s.startMs < want.from) return false
      const fields: Record<string, string> = {
        ...Object.fromEntries(Object.entries({ ...s.attributes, ...s.resource }).map(([k, v]) => [k, String(v)])),
        error: String((s.status as { code: number }).code === 2),
        'span.kind': ['', 'internal', 'server', 'client'][s.kind!]!,
      }
      return Object.entries(want.tags).every(([key, value]) => fields[key] === value)
    })
    const expected = new Set(matching.map((s) => s.trace))
    const actual = find(store, {
      service: want.service,
      operation: want.operation,
      minDurationNs: want.minMs === null ? null : BigInt(want.minMs) * 1_000_000n,
      maxDurationNs: want.maxMs === null ? null : BigInt(want.maxMs) * 1_000_000n,
      startMinNs: atMs(want.from),
      tags: want.tags,
      limit: 1000,
    })
    expect(new Set(actual)).toEqual(expected)
    expect(actual.map((trace) => starts.get(trace)!)).toEqual(
      [...actual].map((trace) => starts.get(trace)!).sort((a, b) => b - a),
    )
    found += actual.length
  }
  expect(found).toBeGreaterThan(1000)
})
