import { expect, test } from 'vitest'
import { BASE_MS, batchOf, type SpanSpec } from '../testing/span-builder.ts'
import { countDependencies, type DependencyLink } from './dependencies.ts'
import { SpanStore } from './span-store.ts'

const CLIENT = 3
const PRODUCER = 4
const CONSUMER = 5

function storeOf(...batches: SpanSpec[][]): SpanStore {
  const store = new SpanStore({ budgetBytes: 1024 * 1024, seed: 1 })
  for (const specs of batches) store.add(batchOf(specs))
  return store
}

function count(store: SpanStore, fromMs = -1000, toMs = 1000): string[] {
  const ns = (ms: number) => BigInt(BASE_MS + ms) * 1_000_000n
  return countDependencies(store, ns(fromMs), ns(toMs)).map(line)
}

function line({ parent, child, callCount }: DependencyLink): string {
  return `${parent} → ${child} ${callCount}`
}

/** A call from a's server span over a client span to b's server span. */
function call(trace: number, a: string, b: string, startMs = 0): SpanSpec[] {
  return [
    { trace, span: 1, service: a, startMs },
    { trace, span: 2, parent: 1, service: a, kind: CLIENT, startMs },
    { trace, span: 3, parent: 2, service: b, startMs },
    { trace, span: 4, parent: 3, service: b, kind: 1, startMs },
  ]
}

test('each span whose parent is in another service is a call', () => {
  expect(count(storeOf(call(1, 'a', 'b'), call(2, 'a', 'b'), call(3, 'b', 'c')))).toEqual(['a → b 2', 'b → c 1'])
})

test('children that come before their parents count, those without a parent do not', () => {
  const [, client, server] = call(1, 'a', 'b')
  expect(count(storeOf([server!], [client!]))).toEqual(['a → b 1'])
  expect(count(storeOf([server!]))).toEqual([])
})

test('equal span ids of different traces are not confused', () => {
  expect(
    count(storeOf([{ trace: 1, span: 1, service: 'a' }], [{ trace: 2, span: 2, parent: 1, service: 'b' }])),
  ).toEqual([])
})

test('a consumer that is linked to producers’ spans is called once by each message', () => {
  const consumer: SpanSpec = {
    trace: 9,
    span: 1,
    service: 'fulfilment',
    kind: CONSUMER,
    links: [
      { trace: 1, span: 1 },
      { trace: 2, span: 1 },
      { trace: 3, span: 1 },
      { trace: 4, span: 4 },
    ],
  }
  const producers = [1, 2].map((trace): SpanSpec => ({ trace, span: 1, service: 'orders', kind: PRODUCER }))
  const own: SpanSpec = { trace: 3, span: 1, service: 'fulfilment', kind: PRODUCER }
  expect(count(storeOf([consumer], [...producers, own]))).toEqual(['orders → fulfilment 2'])
})

test('a consumer that is both child of and linked to its producer is called once', () => {
  const producer: SpanSpec = { trace: 1, span: 1, service: 'orders', kind: PRODUCER }
  const consumer: SpanSpec = {
    trace: 1,
    span: 2,
    parent: 1,
    service: 'fulfilment',
    kind: CONSUMER,
    links: [{ trace: 1, span: 1 }],
  }
  expect(count(storeOf([producer, consumer]))).toEqual(['orders → fulfilment 1'])
})

test('links of other spans are no calls', () => {
  const specs: SpanSpec[] = [
    { trace: 1, span: 1, service: 'a' },
    { trace: 2, span: 1, service: 'b', links: [{ trace: 1, span: 1 }] },
  ]
  expect(count(storeOf(specs))).toEqual([])
})

test('only calls that began within the window count, both ends included', () => {
  const store = storeOf(call(1, 'a', 'b', 10), call(2, 'a', 'b', 20), call(3, 'a', 'b', 30))
  expect(count(store, 20, 30)).toEqual(['a → b 2'])
  expect(count(store, 21, 29)).toEqual([])
})

test('evicted traces no longer count', () => {
  const store = storeOf(call(1, 'a', 'b'))
  for (let trace = 2; trace < 2000; trace++)
    store.add(batchOf([{ trace, span: 1, attributes: { f: 'x'.repeat(1000) } }]))
  expect(count(store)).toEqual([])
})
