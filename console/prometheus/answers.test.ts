import { expect, test } from 'vitest'
import { PromError, readExemplars, readMatrix, readVector } from './answers.ts'

test('vectors, scalars and matrices', () => {
  expect(readVector({ resultType: 'vector', result: [{ metric: { a: 'b' }, value: [1.5, '+Inf'] }] })).toEqual([
    { labels: { a: 'b' }, timeMs: 1500, value: Number.POSITIVE_INFINITY },
  ])
  expect(readVector({ resultType: 'scalar', result: [2, '3'] })).toEqual([{ labels: {}, timeMs: 2000, value: 3 }])
  expect(readMatrix({ resultType: 'matrix', result: [{ metric: {}, values: [[1, 'NaN']] }] })[0]?.points[0]).toEqual([
    1000,
    Number.NaN,
  ])
})

test('what is no answer is an error', () => {
  expect(() => readMatrix({ resultType: 'vector', result: [] })).toThrow(PromError)
  expect(() => readVector(undefined)).toThrow(PromError)
})

test('exemplars', () => {
  const wire = [
    { seriesLabels: { le: '1' }, exemplars: [{ labels: { trace_id: 'abc' }, value: '0.9', timestamp: 1.25 }] },
  ]
  expect(readExemplars(wire)).toEqual([
    { seriesLabels: { le: '1' }, labels: { trace_id: 'abc' }, timeMs: 1250, value: 0.9 },
  ])
})
