import { expect, test } from 'vitest'
import { highestExamples, traceIdOf } from './exemplars.ts'

const id = (digit: string) => digit.repeat(32)
const exemplar = (digit: string, timeMs: number, value: number) => ({
  seriesLabels: {},
  labels: { trace_id: id(digit) },
  timeMs,
  value,
})

test('the highest first, each trace once, of the time that is looked at', () => {
  const exemplars = [
    exemplar('a', 1_000, 0.2),
    exemplar('b', 2_000, 0.9),
    exemplar('a', 3_000, 0.4),
    exemplar('c', 4_000, 0.3),
    exemplar('d', 9_000, 5),
    exemplar('e', 2_000, Number.NaN),
  ]
  expect(highestExamples(exemplars, { startMs: 1_000, endMs: 5_000 }, 2)).toEqual([
    { traceId: id('b'), timeMs: 2_000, value: 0.9 },
    { traceId: id('a'), timeMs: 3_000, value: 0.4 },
  ])
})

test.each([
  [{ trace_id: id('a') }, id('a')],
  [{ traceID: 'abcdef0123456789' }, 'abcdef0123456789'],
  [{ trace_id: '../secrets' }, undefined],
  [{}, undefined],
])('%o names the trace %s', (labels, traceId) => {
  expect(traceIdOf(labels)).toBe(traceId)
})
