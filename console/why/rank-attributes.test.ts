import { expect, test } from 'vitest'
import { testTrace } from '../traces/test-trace.ts'
import { rankAttributes } from './rank-attributes.ts'
import { divide, readSelection, type Selection, writeSelection } from './selection.ts'
import { traceFeatures } from './trace-features.ts'

/** A checkout that asks one of two payment nodes; the second one is slow in `eu`. */
function checkout(index: number, { node, region, version = '1' }: { node: string; region: string; version?: string }) {
  const slow = node === 'payments-2' ? 200 : 10
  return testTrace(
    `a${index} gateway POST 0+${slow + 20} kind=server order.id=o${index} http.route=/checkout version=${version}
     b${index}<a${index} payments PUT 5+${slow} kind=server node=${node} region=${region} product.category=${index % 3 ? 'tea' : 'books'}`,
    `t${index}`,
  )
}

const nodes = (index: number) => (index % 4 === 0 ? 'payments-2' : 'payments-1')
const traces = Array.from({ length: 80 }, (_, index) =>
  checkout(index, { node: nodes(index), region: index % 2 ? 'na' : 'eu' }),
)
const isSlow = ({ durationMicros }: { durationMicros: number }) => durationMicros > 100_000
const ask = () =>
  rankAttributes(traces.filter(isSlow).map(traceFeatures), traces.filter((trace) => !isSlow(trace)).map(traceFeatures))

test('the node that was slow is named, with its shares', () => {
  const ranked = ask()
  const node = ranked.find(({ key }) => key === 'node')
  expect(ranked[0]?.score).toBeGreaterThan(0.5)
  expect(ranked.slice(0, 3).map(({ key }) => key)).toContain('node')
  expect(node?.values.slice(0, 2)).toEqual([
    { value: 'payments-2', selectedShare: 1, otherShare: 0 },
    { value: 'payments-1', selectedShare: 0, otherShare: 1 },
  ])
})

test('where the time went is named', () => {
  const time = ask().find(({ key }) => key === 'time in payments PUT')
  expect(time?.values[0]).toMatchObject({ value: '200 ms or more', selectedShare: 1, otherShare: 0 })
})

test('ids, what all have, and what differs by chance are not', () => {
  const keys = ask().map(({ key }) => key)
  for (const key of ['order.id', 'http.route', 'service', 'product.category', 'version'])
    expect(keys).not.toContain(key)
})

test('a handful of traces says nothing', () => {
  const few = traces.slice(0, 4).map(traceFeatures)
  expect(rankAttributes(few.slice(0, 1), few.slice(1))).toEqual([])
})

/** Traces without spans, of which nothing is known but these. */
const described = (count: number, of: (index: number) => Record<string, string>) =>
  Array.from({ length: count }, (_, index) => ({
    values: new Map(Object.entries(of(index)).map(([key, value]) => [key, new Set([value])])),
    waits: new Map<string, number>(),
  }))

test.each([
  [1, 200],
  [1, 1_500],
  [3, 200],
  [5, 1_500],
  [20, 1_500],
])('%d of %d traces: the node that only they met is named, their ids and what is rare anyway are not', (count, all) => {
  const traces = described(all, (index) => ({
    node: index < count ? 'payments-2' : 'payments-1',
    'order.id': `o${index}`,
    'customer.id': `c${index % 50}`,
  }))
  const ranked = rankAttributes(traces.slice(0, count), traces.slice(count))
  expect(ranked.map(({ key }) => key)).toEqual(['node'])
})

test('what only one side has at all is named with its shares, what the selected have first', () => {
  const traces = described(60, (index) => (index < 20 ? { retry: '2' } : { cached: 'true' }))
  const ranked = rankAttributes(traces.slice(0, 20), traces.slice(20))
  expect(ranked.map(({ key, values }) => [key, values])).toEqual([
    ['retry', [{ value: '2', selectedShare: 1, otherShare: 0 }]],
    ['cached', [{ value: 'true', selectedShare: 0, otherShare: 1 }]],
  ])
})

test('of two values that do alike, the one that the selected traces have comes first', () => {
  const traces = described(50, (index) => ({ size: index < 3 || index === 9 ? 'large' : 'all' }))
  const [size] = rankAttributes(traces.slice(0, 5), traces.slice(5))
  expect(size?.values.map(({ value }) => value)).toEqual(['large', 'all'])
})

test('the value that the verdict names is one that counts, though another differs more', () => {
  // `a` is in 15 % and in 50 %, which with three common values may be chance; 30 % that nobody else has are not.
  const values = (index: number) => (index < 6 ? 'rare' : index < 9 || index >= 60 ? 'a' : 'b')
  const traces = described(100, (index) => ({ kind: values(index) }))
  const [kind] = rankAttributes(traces.slice(0, 20), traces.slice(20))
  expect(kind?.values[0]).toMatchObject({ value: 'rare', otherShare: 0 })
})

test('either group empty: nothing to compare', () => {
  const all = traces.map(traceFeatures)
  expect(rankAttributes([], all)).toEqual([])
  expect(rankAttributes(all, [])).toEqual([])
})

test('at random groups of the same traces, hardly anything is ever found', () => {
  let seed = 11
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  let found = 0
  for (let round = 0; round < 100; round++) {
    const all = traces.map((trace) => ({ features: traceFeatures(trace), picked: random() < 0.3 }))
    const group = (picked: boolean) => all.filter((each) => each.picked === picked).map(({ features }) => features)
    found += rankAttributes(group(true), group(false)).length > 0 ? 1 : 0
  }
  expect(found).toBeLessThan(5)
})

test.each<[Selection, number]>([
  [{ kind: 'failing' }, 0],
  [{ kind: 'slowest' }, 20],
  [{ kind: 'box', startMs: 0, endMs: 2_000, minMicros: 0, maxMicros: 50_000 }, 60],
])('%o selects %d traces, and stands in an address', (selection, count) => {
  expect(readSelection(writeSelection(selection))).toEqual(selection)
  const { selected, others } = divide(traces, selection)
  expect([selected.length, selected.length + others.length]).toEqual([count, traces.length])
})

test.each([null, '', 'fast', '1,2,3', '1,2,3,x'])('%o is no selection', (text) => {
  expect(readSelection(text)).toBeUndefined()
})
