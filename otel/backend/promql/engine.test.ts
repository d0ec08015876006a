import { describe, expect, test } from 'vitest'
import { createEngine } from './engine.ts'
import { labelsFrom, labelsToRecord } from './labels.ts'
import type { QueryError } from './query-error.ts'
import { createMemoryStorage } from './testing/memory-storage.ts'

/** `count` series of an hour's samples at one a second. */
function storageOf(count: number) {
  const storage = createMemoryStorage()
  for (let i = 0; i < count; i++) {
    const labels = labelsFrom({ __name__: 'm_total', i: String(i) })
    for (let second = 0; second < 3_600; second++) storage.append(labels, second * 1_000, second)
  }
  return storage
}

const small = storageOf(3)
const hour = { startMs: 0, endMs: 3_599_000 }

function refusal(promise: Promise<unknown>): Promise<QueryError> {
  return promise.then(
    () => {
      throw new Error('not refused')
    },
    (error: QueryError) => error,
  )
}

describe('answers', () => {
  const engine = createEngine({ storage: small })

  test('an instant vector carries the query time and the labels', async () => {
    const result = await engine.instantQuery({ query: 'm_total{i="1"} * 2', timeMs: 10_000.4 })
    if (result.type !== 'vector') throw new Error(result.type)
    expect(result.samples.map(({ labels, ...rest }) => ({ ...rest, labels: labelsToRecord(labels) }))).toEqual([
      { timestampMs: 10_000, value: 20, labels: { i: '1' } },
    ])
    expect(result).toMatchObject({ warnings: [], infos: [] })
  })

  test('a range is sorted by labels, without the steps that have no value', async () => {
    const query = 'm_total > 2 or label_replace(m_total{i="0"} < 1, "i", "", "", "")'
    const { series } = await engine.rangeQuery({ query, startMs: 0, endMs: 4_000, stepMs: 2_000 })
    expect(series.map(({ labels }) => labelsToRecord(labels).i ?? '')).toEqual(['', '0', '1', '2'])
    expect(series.map(({ timestampsMs }) => [...timestampsMs])).toEqual([[0], [4_000], [4_000], [4_000]])
    expect([...(series[1]?.values ?? [])]).toEqual([4])
  })

  test('a scalar over a range is one series without labels', async () => {
    const { series } = await engine.rangeQuery({ query: 'time()', startMs: 0, endMs: 2_000, stepMs: 1_000 })
    expect(series.map(({ labels, values }) => [labels.pairs.length, [...values]])).toEqual([[0, [0, 1, 2]]])
  })

  test('annotations say where in the query they apply, each once', async () => {
    const query = 'm_total\n  + rate(label[1m])'
    const storage = createMemoryStorage()
    for (const i of ['1', '2']) {
      storage.append(labelsFrom({ __name__: 'label', i }), 0, 1)
      storage.append(labelsFrom({ __name__: 'label', i }), 1_000, 2)
    }
    const { infos } = await createEngine({ storage }).instantQuery({ query, timeMs: 2_000 })
    expect(infos).toEqual([
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "label" (2:10)',
    ])
  })

  test('raw samples are counted', async () => {
    const { samplesRead } = await engine.rangeQuery({ query: 'rate(m_total[1m])', ...hour, stepMs: 60_000 })
    // The grid ends at 3540 s.
    expect(samplesRead).toBe(3 * 3_541)
  })
})

describe('limits', () => {
  test.each([
    ['steps of a range', { ...hour, stepMs: 100 }, /exceeded maximum resolution of 11,000 points/],
    ['a step of zero', { ...hour, stepMs: 0 }, /zero or negative query resolution step/],
    ['a negative step', { ...hour, stepMs: -5 }, /zero or negative query resolution step/],
    ['a step that is no number', { ...hour, stepMs: Number.NaN }, /zero or negative query resolution step/],
    ['an end before the start', { startMs: 5, endMs: 4, stepMs: 1 }, /end timestamp must not be before start time/],
  ])('%s', async (_, range, message) => {
    const error = await refusal(createEngine({ storage: small }).rangeQuery({ query: 'm_total', ...range }))
    expect(error).toMatchObject({ kind: 'bad_data', message: expect.stringMatching(message) })
  })

  test.each([
    'm_total',
    'm_total[1h]',
    'm_total + on() group_left vector(1)',
    'rate(m_total[1m])',
    'timestamp(m_total)',
    'max_over_time(m_total[1h:1s])',
  ])('samples held at a time: %s', async (query) => {
    const engine = createEngine({ storage: small, limits: { maxSamples: 2_000 } })
    const asked = query.endsWith(']')
      ? engine.instantQuery({ query, timeMs: hour.endMs })
      : engine.rangeQuery({ query, ...hour, stepMs: 1_000 })
    expect(await refusal(asked)).toMatchObject({
      kind: 'execution',
      message: expect.stringMatching(/too many samples/),
    })
  })

  test('an aggregation holds its groups, not its series', async () => {
    const engine = createEngine({ storage: storageOf(20), limits: { maxSamples: 8_000 } })
    const { series } = await engine.rangeQuery({ query: 'sum(rate(m_total[1m]))', ...hour, stepMs: 1_000 })
    expect(series).toHaveLength(1)
  })

  test('wall time: the smaller of the limit and what is asked for', async () => {
    let clock = 0
    const engine = createEngine({ storage: small, limits: { timeoutMs: 500 }, now: () => (clock += 10) })
    const slow = { query: `sum(m_total)${' + sum(m_total)'.repeat(20)}`, ...hour, stepMs: 60_000 }
    expect(await refusal(engine.rangeQuery({ ...slow, timeoutMs: 100 }))).toMatchObject({ kind: 'timeout' })
    expect(clock).toBeLessThan(500)
    expect(await refusal(engine.rangeQuery({ ...slow, timeoutMs: 1e9 }))).toMatchObject({ kind: 'timeout' })
  })

  test('cancelling, before and while it runs', async () => {
    const engine = createEngine({ storage: storageOf(10) })
    const heavy = { query: 'stddev_over_time(m_total[1h])', ...hour, stepMs: 1_000 }
    expect(await refusal(engine.rangeQuery({ ...heavy, signal: AbortSignal.abort() }))).toMatchObject({
      kind: 'canceled',
    })
    const controller = new AbortController()
    const running = refusal(engine.rangeQuery({ ...heavy, signal: controller.signal }))
    setImmediate(() => controller.abort())
    expect(await running).toMatchObject({ kind: 'canceled' })
  })

  test('other work goes on while a heavy query runs', async () => {
    const engine = createEngine({ storage: storageOf(4) })
    let turns = 0
    let isDone = false
    const count = () => {
      if (isDone) return
      turns++
      setImmediate(count)
    }
    setImmediate(count)
    await engine.rangeQuery({ query: 'stdvar_over_time(m_total[1h])', ...hour, stepMs: 1_000 })
    isDone = true
    // 26 million sample visits, in slices of some milliseconds.
    expect(turns).toBeGreaterThan(5)
  })
})
