import { expect, test } from 'vitest'
import { BASE_MS, batchOf, type SpanSpec, traceIdOf } from '../testing/span-builder.ts'
import { findTrace } from './search.ts'
import { SpanStore } from './span-store.ts'
import { summarizeTrace, type TraceSummary } from './summary.ts'

function summaryOf(specs: SpanSpec[]): TraceSummary {
  const store = new SpanStore({ budgetBytes: 1024 * 1024, seed: 1 })
  store.add(batchOf(specs))
  return summarizeTrace(store, findTrace(store, traceIdOf(1)))
}

const ns = (ms: number) => BigInt(BASE_MS + ms) * 1_000_000n

test('a summary tells root, times, counts and services', () => {
  expect(
    summaryOf([
      { trace: 1, span: 3, parent: 2, service: 'b', name: 'charge', startMs: 20, durationMs: 500, status: { code: 2 } },
      { trace: 1, span: 1, service: 'a', name: 'POST /checkout', startMs: 10, durationMs: 100 },
      { trace: 1, span: 2, parent: 1, service: 'a', name: 'call', startMs: 15 },
      { trace: 1, span: 4, parent: 99, service: 'c', name: 'lost', startMs: 5, status: { code: 1 } },
    ]),
  ).toEqual({
    traceId: traceIdOf(1),
    rootServiceName: 'a',
    rootOperationName: 'POST /checkout',
    minStartUnixNano: ns(5),
    maxEndUnixNano: ns(520),
    spanCount: 4,
    errorSpanCount: 1,
    orphanSpanCount: 1,
    services: [
      { name: 'a', spanCount: 2, errorSpanCount: 0 },
      { name: 'b', spanCount: 1, errorSpanCount: 1 },
      { name: 'c', spanCount: 1, errorSpanCount: 0 },
    ],
  })
})

test('of several roots the earliest counts; without one the names are empty', () => {
  const roots: SpanSpec[] = [
    { trace: 1, span: 1, name: 'second', startMs: 2 },
    { trace: 1, span: 2, name: 'first', startMs: 1 },
  ]
  expect(summaryOf(roots)).toMatchObject({ rootOperationName: 'first', orphanSpanCount: 0 })
  expect(summaryOf([{ trace: 1, span: 1, parent: 5 }])).toMatchObject({
    rootServiceName: '',
    rootOperationName: '',
    orphanSpanCount: 1,
  })
})
