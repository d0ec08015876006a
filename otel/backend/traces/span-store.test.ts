import { describe, expect, test } from 'vitest'
import { seededRandom } from '../bench-data.ts'
import { batchOf, type SpanSpec, traceIdOf } from '../testing/span-builder.ts'
import { findTrace } from './search.ts'
import { readTrace } from './span-record.ts'
import { SpanStore } from './span-store.ts'
import { UNKNOWN_TRACE } from './trace-table.ts'

const MIB = 1024 * 1024

function smallStore(options: Partial<ConstructorParameters<typeof SpanStore>[0]> = {}): SpanStore {
  return new SpanStore({ budgetBytes: MIB, seed: 1, ...options })
}

/** Ids of the trace's spans, in order of their starts; null when it is not held. */
function spansOf(store: SpanStore, trace: number): number[] | null {
  const slot = findTrace(store, traceIdOf(trace))
  return slot === UNKNOWN_TRACE ? null : readTrace(store, slot).spans.map((span) => Number.parseInt(span.spanId, 16))
}

/** Adds spans of about `bytes` bytes each, a trace a span, from trace `from` on. */
function fill(store: SpanStore, from: number, count: number, bytes = 1000): void {
  for (let trace = from; trace < from + count; trace++) {
    store.add(batchOf([{ trace, span: 1, attributes: { filler: 'x'.repeat(bytes) } }]))
  }
}

describe('traces', () => {
  test('spans are grouped by trace whenever they come', () => {
    const store = smallStore()
    store.add(
      batchOf([
        { trace: 1, span: 1, startMs: 5 },
        { trace: 2, span: 1 },
      ]),
    )
    store.add(batchOf([{ trace: 1, span: 2, startMs: 3 }]))
    fill(store, 10, 20)
    store.add(batchOf([{ trace: 1, span: 3, startMs: 4 }]))
    expect(spansOf(store, 1)).toEqual([2, 3, 1])
    expect(spansOf(store, 2)).toEqual([1])
    expect(store.traces.size).toBe(22)
  })

  test('a span that is sent again is stored once', () => {
    const store = smallStore()
    const spec: SpanSpec = {
      trace: 1,
      span: 1,
      attributes: { a: 1, b: ['x'] },
      events: [{ name: 'e', timeUnixNano: '5' }],
    }
    store.add(batchOf([spec, { trace: 1, span: 2 }]))
    store.add(batchOf([spec, { trace: 1, span: 2 }, { trace: 1, span: 3 }]))
    expect(spansOf(store, 1)).toEqual([1, 2, 3])
    expect(store.counters).toMatchObject({ received: 5, stored: 3, duplicates: 2, refused: 0 })
  })

  test.each<[string, Partial<SpanSpec>]>([
    ['another name', { name: 'other' }],
    ['another start', { startMs: 1 }],
    ['another duration', { durationMs: 9 }],
    ['another parent', { parent: 7 }],
    ['another kind', { kind: 3 }],
    ['another status', { status: { code: 2 } }],
    ['another value of an attribute', { attributes: { a: 2 } }],
    ['another event', { events: [{ name: 'e' }] }],
  ])('a span with the same id and %s is another span', (_name, change) => {
    const store = smallStore()
    const spec: SpanSpec = { trace: 1, span: 1, attributes: { a: 1 } }
    store.add(batchOf([spec]))
    store.add(batchOf([{ ...spec, ...change }]))
    expect(store.counters).toMatchObject({ stored: 2, duplicates: 0 })
    expect(spansOf(store, 1)).toEqual([1, 1])
  })

  test('the fifth different span of one id is refused', () => {
    const store = smallStore()
    const batch = batchOf(Array.from({ length: 6 }, (_, i) => ({ trace: 1, span: 1, attributes: { i } })))
    store.add(batch)
    expect([...batch.refused]).toEqual([['conflicting_span_id', 2]])
  })

  test('a trace takes so many spans and no more, and says how many were dropped', () => {
    const store = smallStore({ maxSpansPerTrace: 10 })
    const batch = batchOf(Array.from({ length: 13 }, (_, span) => ({ trace: 1, span: span + 1 })))
    store.add(batch)
    store.add(batchOf([{ trace: 2, span: 1 }]))
    expect([...batch.refused]).toEqual([['trace_too_large', 3]])
    expect(readTrace(store, findTrace(store, traceIdOf(1)))).toMatchObject({ droppedSpans: 3 })
    expect(spansOf(store, 1)).toHaveLength(10)
    expect(spansOf(store, 2)).toEqual([1])
  })
})

describe('eviction', () => {
  test('the oldest traces go whole, the newest stay, all are counted', () => {
    const store = smallStore()
    // Each trace has its second span only when a hundred others have come.
    for (let trace = 1; trace <= 3000; trace++) {
      const specs: SpanSpec[] = [{ trace, span: 1, attributes: { filler: 'x'.repeat(500) } }]
      if (trace > 100) specs.push({ trace: trace - 100, span: 2, attributes: { filler: 'y'.repeat(500) } })
      store.add(batchOf(specs))
      expect(store.bytes).toBeLessThanOrEqual(MIB)
    }
    const held = Array.from({ length: 3000 }, (_, i) => spansOf(store, i + 1))
    const first = held.findIndex((spans) => spans !== null)
    expect(first).toBeGreaterThan(2000)
    expect(first).toBeLessThan(2700)
    expect(held.slice(first, 2900)).toEqual(Array(2900 - first).fill([1, 2]))
    expect(held.slice(2900)).toEqual(Array(100).fill([1]))
    expect(store.counters.evicted + store.size).toBe(store.counters.stored)
    expect(store.evictedTraces + store.traces.size).toBe(3000)
  })

  test('a late span of an evicted trace begins it anew', () => {
    const store = smallStore()
    store.add(
      batchOf([
        { trace: 1, span: 1 },
        { trace: 1, span: 2, parent: 1 },
      ]),
    )
    fill(store, 100, 2000)
    expect(spansOf(store, 1)).toBeNull()
    store.add(batchOf([{ trace: 1, span: 3, parent: 1 }]))
    expect(spansOf(store, 1)).toEqual([3])
    // A retry of an evicted span is no duplicate: nothing of it is there any more.
    store.add(batchOf([{ trace: 1, span: 1 }]))
    expect(spansOf(store, 1)).toEqual([3, 1])
  })

  test('services and operations go with their last span', () => {
    const store = smallStore()
    store.add(batchOf([{ trace: 1, span: 1, service: 'old', name: 'gone' }]))
    expect(store.catalogue.serviceNames()).toEqual(['old'])
    fill(store, 100, 2000)
    expect(store.catalogue.serviceNames()).toEqual(['shop'])
    expect(store.catalogue.operationsOf('old', null)).toEqual([])
  })

  test('what all spans differ in counts: names, resources and scopes are within the budget, too', () => {
    const store = smallStore()
    for (let i = 0; i < 3000; i++) {
      const text = `${i}`.padEnd(2000, '.')
      store.add(batchOf([{ trace: i + 1, span: 1, service: text, name: text, scope: { name: text } }]))
      expect(store.bytes).toBeLessThanOrEqual(MIB)
    }
    expect(store.size).toBeGreaterThan(20)
    expect(store.catalogue.serviceNames()).toHaveLength(store.size)
  })

  test('a span as large as a slab allows is kept, a larger one is refused', () => {
    const store = smallStore()
    const sized = (span: number, bytes: number) => batchOf([{ trace: 1, span, attributes: { f: 'x'.repeat(bytes) } }])
    const tooLarge = sized(2, store.maxBodyBytes)
    store.add(sized(1, store.maxBodyBytes - 100))
    store.add(tooLarge)
    expect([...tooLarge.refused]).toEqual([['too_large', 1]])
    expect(spansOf(store, 1)).toEqual([1])
  })

  test('a trace that outlives its own beginning within one batch is not mixed up', () => {
    const store = smallStore()
    const filler = 'x'.repeat(20_000)
    const batch = batchOf(
      Array.from({ length: 200 }, (_, span) => ({ trace: 1, span: span + 1, startMs: span, attributes: { filler } })),
    )
    store.add(batch)
    expect(store.counters.evicted).toBeGreaterThan(100)
    const spans = spansOf(store, 1) ?? []
    expect(spans.at(-1)).toBe(200)
    expect(spans).toEqual(Array.from({ length: spans.length }, (_, i) => 201 - spans.length + i))
  })
})

test('through random traffic the store holds exactly what a plain model of it holds', () => {
  const random = seededRandom(11)
  const store = smallStore()
  const sent = new Map<number, Set<number>>()
  for (let step = 0; step < 1500; step++) {
    const specs = Array.from({ length: 1 + Math.floor(random() * 6) }, (): SpanSpec => {
      const trace = Math.max(1, Math.floor(step / 3 - random() * 40))
      const span = 1 + Math.floor(random() * 30)
      // The content follows from the id, so that a second one is a duplicate.
      return { trace, span, name: `n${span % 5}`, startMs: span, attributes: { f: 'x'.repeat((span * 97) % 1500) } }
    })
    store.add(batchOf(specs))
    for (const { trace, span } of specs) {
      const spans = sent.get(trace as number) ?? new Set()
      sent.set(trace as number, spans.add(span))
    }
  }
  let held = 0
  for (const [trace, spans] of sent) {
    const stored = spansOf(store, trace)
    if (stored === null) continue
    expect(new Set(stored).size).toBe(stored.length)
    for (const span of stored) expect(spans).toContain(span)
    held += stored.length
  }
  expect(held).toBe(store.size)
  expect(store.evictedTraces).toBeGreaterThan(50)
  const newest = Math.max(...sent.keys())
  expect(new Set(spansOf(store, newest))).toEqual(sent.get(newest))
})
