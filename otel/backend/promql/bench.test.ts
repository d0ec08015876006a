import { expect, test } from 'vitest'
import { BENCH_QUERIES, benchPromql } from './bench.ts'

test('every query of the bench has an answer and a figure', async () => {
  const figures = await benchPromql({ counters: 20, runs: 1 })
  expect(figures.map(({ query }) => query)).toEqual([...BENCH_QUERIES])
  for (const { query, milliseconds, resultSeries, samplesRead } of figures) {
    expect(milliseconds, query).toBeGreaterThan(0)
    expect(resultSeries, query).toBeGreaterThan(0)
    expect(samplesRead, query).toBeGreaterThan(1_000)
  }
})
