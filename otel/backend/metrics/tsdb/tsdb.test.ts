import { describe, expect, test } from 'vitest'
import { labelsFrom } from '../../promql/labels.ts'
import { createMatcher } from '../../promql/matcher.ts'
import { readSamples } from './naive-store.ts'
import type { Series } from './series.ts'
import { Tsdb } from './tsdb.ts'

function newSeries(store: Tsdb, labels: Record<string, string>): Series {
  const series = store.series(labelsFrom(labels))
  if (!series) throw new Error('the store refused a series')
  return series
}

const values = (series: Series, from = -1e15, to = 1e15) => readSamples(series, from, to).map(({ value }) => value)

const patterns: Record<string, (i: number) => number> = {
  constant: () => 7,
  'constant float': () => 0.1,
  counter: (i) => i,
  'counter from a large number': (i) => 2 ** 50 + i * 3,
  'small steps': (i) => i * 10 + (i % 7),
  'steps of two bytes': (i) => (i * 7919) % 60_000,
  'steps of four bytes': (i) => (i * 48_271 * 65_537) % 2_147_483_647,
  'steps too large for integers': (i) => (i % 2) * 2 ** 40,
  floats: (i) => Math.sin(i) * 1000,
  'floats that seldom change': (i) => Math.floor(i / 13) * 0.1,
  'negative zero among integers': (i) => (i % 3 === 0 ? -0 : i),
  'not a number': (i) => (i % 5 === 0 ? Number.NaN : i),
  infinities: (i) => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1, 2 ** 53, -(2 ** 53)][i % 5]!,
  'reset of a counter': (i) => i % 50,
  denormal: (i) => i * Number.MIN_VALUE,
  'differences in the low word only': (i) => 1 + i * Number.EPSILON,
}

describe('samples come back as they were', () => {
  test.each(Object.keys(patterns))('%s', (name) => {
    const store = new Tsdb()
    const series = newSeries(store, { __name__: 'm' })
    const expected = Array.from({ length: 500 }, (_, i) => patterns[name]!(i))
    for (const [i, value] of expected.entries())
      expect(store.append(series, 1_700_000_000_000 + i * 1000, value)).toBe('ok')
    expect(values(series)).toEqual(expected)
    expect(store.sampleCount).toBe(500)
  })

  test.each([
    ['regular', (i: number) => i * 1000],
    ['jitter of one byte', (i: number) => i * 1000 + ((i * 37) % 100)],
    ['jitter of two bytes', (i: number) => i * 1000 + ((i * 377) % 900)],
    ['gaps of four bytes', (i: number) => i * 1000 + Math.floor(i / 40) * 10_000_000],
    ['gaps of months', (i: number) => i * 1000 + Math.floor(i / 7) * 6_000_000_000],
    ['before the epoch', (i: number) => i * 1000 - 1_000_000_000_000],
  ])('times: %s', (_name, timeOf) => {
    const store = new Tsdb()
    const series = newSeries(store, { __name__: 'm' })
    const expected = Array.from({ length: 300 }, (_, i) => timeOf(i))
    for (const time of expected) store.append(series, time, time)
    expect(readSamples(series, -1e15, 1e15).map(({ timestampMs }) => timestampMs)).toEqual(expected)
  })
})

test('a range is closed at both ends, in sealed and in open chunks', () => {
  const store = new Tsdb()
  const series = newSeries(store, { __name__: 'm' })
  for (let i = 0; i < 200; i++) store.append(series, i * 10, i)
  expect(values(series, 500, 520)).toEqual([50, 51, 52])
  expect(values(series, 501, 519)).toEqual([51])
  expect(values(series, 1190, 1210)).toEqual([119, 120, 121])
  expect(values(series, 1980, 5000)).toEqual([198, 199])
  expect(values(series, 2000, 5000)).toEqual([])
  expect(values(series, -50, -1)).toEqual([])
})

describe('order', () => {
  test('a sample that is not newer is refused and counted', () => {
    const store = new Tsdb()
    const series = newSeries(store, { __name__: 'm' })
    expect(store.append(series, 1000, 1)).toBe('ok')
    expect(store.append(series, 999, 1)).toBe('out_of_order')
    expect(store.append(series, 1000, 2)).toBe('duplicate')
    expect(store.append(series, 1000, 1)).toBe('ok')
    expect(store.appendStale(series, 1000)).toBe('duplicate')
    expect(values(series)).toEqual([1])
    expect(store.counters).toMatchObject({ appended: 1, outOfOrder: 1, duplicates: 2 })
  })
})

describe('staleness', () => {
  test('a marker stands beside the value and the series may go on', () => {
    const store = new Tsdb()
    const series = newSeries(store, { __name__: 'm' })
    store.append(series, 1000, 1)
    store.append(series, 2000, Number.NaN)
    store.appendStale(series, 3000)
    store.appendStale(series, 4000)
    store.append(series, 5000, 2)
    expect(readSamples(series, 0, 9000)).toEqual([
      { timestampMs: 1000, value: 1, stale: false },
      { timestampMs: 2000, value: Number.NaN, stale: false },
      { timestampMs: 3000, value: Number.NaN, stale: true },
      { timestampMs: 4000, value: Number.NaN, stale: true },
      { timestampMs: 5000, value: 2, stale: false },
    ])
    expect(readSamples(series, 0, 2500)).toHaveLength(2)
    expect(readSamples(series, 2500, 3500)).toEqual([{ timestampMs: 3000, value: Number.NaN, stale: true }])
  })

  test('an ended series gives its open chunk back', () => {
    const store = new Tsdb()
    for (let i = 0; i < 1000; i++) {
      const series = newSeries(store, { __name__: 'm', i: String(i) })
      store.append(series, 1000, 1)
      store.appendStale(series, 2000)
    }
    expect(store.sampleBytes).toBeLessThan(1.2 * 1024 * 1024)
  })
})

describe('selection', () => {
  const store = new Tsdb()
  for (const code of ['200', '404', '500']) {
    for (const instance of ['orders-1', 'orders-2']) {
      store.append(newSeries(store, { __name__: 'http_total', code, instance }), 1000, 1)
    }
  }
  store.append(newSeries(store, { __name__: 'up', instance: 'orders-1' }), 50_000, 1)

  const select = (...matchers: Parameters<typeof createMatcher>[]) =>
    store
      .select(
        matchers.map((m) => createMatcher(...m)),
        0,
        100_000,
      )
      .map(({ labels }) => labels.pairs.map(([, value]) => value).join(' '))
      .sort()

  test.each<[Parameters<typeof createMatcher>[], string[]]>([
    [[['__name__', '=', 'up']], ['up orders-1']],
    [[['code', '=', '']], ['up orders-1']],
    [
      [['code', '!=', '']],
      [
        'http_total 200 orders-1',
        'http_total 200 orders-2',
        'http_total 404 orders-1',
        'http_total 404 orders-2',
        'http_total 500 orders-1',
        'http_total 500 orders-2',
      ],
    ],
    [
      [
        ['code', '=~', '4..|5..'],
        ['instance', '=', 'orders-2'],
      ],
      ['http_total 404 orders-2', 'http_total 500 orders-2'],
    ],
    [
      [
        ['code', '!~', '4..|5..'],
        ['instance', '=', 'orders-2'],
      ],
      ['http_total 200 orders-2'],
    ],
    [
      [
        ['code', '=~', '200|404'],
        ['instance', '!=', 'orders-2'],
      ],
      ['http_total 200 orders-1', 'http_total 404 orders-1'],
    ],
    [
      [
        ['code', '=~', '(200)?'],
        ['instance', '=', 'orders-1'],
      ],
      ['http_total 200 orders-1', 'up orders-1'],
    ],
    [[['absent', '=', 'x']], []],
    [
      [
        ['code', '=', '200'],
        ['code', '=', '404'],
      ],
      [],
    ],
  ])('%j', (matchers, expected) => {
    expect(select(...matchers)).toEqual(expected)
  })

  test('series without samples in the range are left out', () => {
    const all = createMatcher('__name__', '=~', '.+')
    expect(store.select([all], 0, 1000)).toHaveLength(6)
    expect(store.select([all], 2000, 60_000)).toHaveLength(1)
    expect(store.select([all], 0, 999)).toHaveLength(0)
  })
})

describe('limits', () => {
  test('series past the cap are refused, counted and named; room comes back when old ones go', () => {
    const store = new Tsdb({ maxSeries: 2, maxAgeMs: 10_000 })
    store.append(newSeries(store, { __name__: 'a' }), 1000, 1)
    store.append(newSeries(store, { __name__: 'b' }), 9000, 1)
    expect(store.series(labelsFrom({ __name__: 'c', x: '1' }))).toBeUndefined()
    expect(store.series(labelsFrom({ __name__: 'c', x: '2' }))).toBeUndefined()
    expect(store.refused.byName()).toEqual([{ name: 'c', count: 2 }])
    store.maintain(12_000)
    expect(store.seriesCount).toBe(1)
    expect(store.series(labelsFrom({ __name__: 'c', x: '1' }))).toBeDefined()
    expect([...store.labelValues('__name__')].sort()).toEqual(['b', 'c'])
  })

  test('a dropped series answers nothing and takes nothing, even when its number is used again', () => {
    const store = new Tsdb({ maxAgeMs: 1000 })
    const old = newSeries(store, { __name__: 'old' })
    store.append(old, 1000, 1)
    store.maintain(5000)
    const next = newSeries(store, { __name__: 'next' })
    store.append(next, 6000, 2)
    expect(old.isGone).toBe(true)
    expect(values(old)).toEqual([])
    expect(store.append(old, 7000, 3)).toBe('gone')
    expect(store.select([createMatcher('__name__', '=', 'old')], 0, 1e6)).toEqual([])
    expect(values(next)).toEqual([2])
  })

  test('samples older than the age are not read', () => {
    const store = new Tsdb({ maxAgeMs: 10_000 })
    const series = newSeries(store, { __name__: 'm' })
    for (let i = 1; i <= 300; i++) store.append(series, i * 1000, i)
    store.maintain(300_000)
    expect(values(series)).toEqual([290, 291, 292, 293, 294, 295, 296, 297, 298, 299, 300])
  })

  test('bytes stay within the budget: the oldest samples go, the newest stay', () => {
    const budgetBytes = 6 * 1024 * 1024
    const store = new Tsdb({ budgetBytes })
    const all = Array.from({ length: 200 }, (_, i) => newSeries(store, { __name__: 'm', i: String(i) }))
    for (let t = 1; t <= 8000; t++) for (const series of all) store.append(series, t * 1000, Math.sin(t) * 1e9)
    expect(store.bytes).toBeLessThanOrEqual(budgetBytes)
    const kept = readSamples(all[17]!, 0, 1e9)
    expect(kept.length).toBeGreaterThan(1000)
    expect(kept.at(-1)).toEqual({ timestampMs: 8_000_000, value: Math.sin(8000) * 1e9, stale: false })
    expect(kept[0]!.timestampMs).toBe(8_000_000 - (kept.length - 1) * 1000)
  })
})

test('exemplars: a ring for each series, repeated ones ignored, the total bounded', () => {
  const store = new Tsdb({ exemplars: { perSeries: 2, total: 3 } })
  const a = newSeries(store, { __name__: 'a' })
  const b = newSeries(store, { __name__: 'b' })
  const c = newSeries(store, { __name__: 'c' })
  const exemplar = (id: string, timestampMs: number) => ({
    labels: labelsFrom({ trace_id: id }),
    value: 1,
    timestampMs,
  })
  for (const [id, t] of [
    ['1', 1],
    ['1', 2],
    ['2', 3],
    ['3', 4],
    ['0', 2],
  ] as const)
    store.addExemplar(a, exemplar(id, t))
  store.addExemplar(b, exemplar('4', 5))
  store.addExemplar(c, exemplar('5', 6))
  store.addExemplar(b, exemplar('6', 7))
  const idsOf = (series: Series) => store.exemplars.read(series, 0, 100).map(({ labels }) => labels.pairs[0]?.[1])
  expect(idsOf(a)).toEqual(['2', '3'])
  expect(idsOf(b)).toEqual(['6'])
  expect(idsOf(c)).toEqual([])
  expect(store.exemplars.refused).toBe(1)
  expect(store.exemplars.read(a, 4, 4)).toHaveLength(1)
})
