import { expect, test } from 'vitest'
import { gridOf, gridTimes, heatmapFrame, rangeFrames, seriesName, tableFrame, withNow } from './prometheus-frames.ts'

test.each([
  [{ __name__: 'up', node: 'a' }, undefined, 'up{node="a"}'],
  [{ __name__: 'up' }, '', 'up'],
  [{}, '', '{}'],
  [{ node: 'a' }, '{{node}} {{ gone }}!', 'a !'],
])('%o as %s', (labels, format, name) => {
  expect(seriesName(labels as Record<string, string>, format)).toBe(name)
})

const target = { refId: 'A', expr: 'x', legendFormat: '{{le}}' }
const grid = gridOf(1000, 3000, 1000)

test('series lie on the grid, with holes', () => {
  const [frame] = rangeFrames(
    target,
    [
      {
        labels: { le: '1' },
        points: [
          [1000, 7],
          [3000, 9],
        ],
      },
    ],
    grid,
  )
  expect(frame?.fields.map(({ values }) => values)).toEqual([
    [1000, 2000, 3000],
    [7, null, 9],
  ])
})

test('what there is now is one more point, of new series the only one', () => {
  const now = [
    { labels: { b: '2', le: '1' }, timeMs: 3_400, value: 11 },
    { labels: { le: 'new' }, timeMs: 3_400, value: 5 },
  ]
  const before = [
    { labels: { le: '1', b: '2' }, points: [[3_000, 9]] },
    { labels: { le: 'gone' }, points: [[2_000, 1]] },
  ] as const
  const extended = withNow(grid, before, now, 3_400)
  expect(gridTimes(extended.grid)).toEqual([1_000, 2_000, 3_000, 3_400])
  const values = rangeFrames(target, extended.matrix, extended.grid).map(({ name, fields }) => [
    name,
    fields[1]?.values,
  ])
  expect(values).toEqual([
    ['1', [null, null, 9, 11]],
    ['gone', [null, 1, null, null]],
    ['new', [null, null, null, 5]],
  ])
})

test('a table has a column for each label', () => {
  const frame = tableFrame(
    target,
    [
      { labels: { a: '1' }, timeMs: 5, value: 2 },
      { labels: { b: 'x' }, timeMs: 5, value: 3 },
    ],
    true,
  )
  expect(frame.fields.map(({ name, values }) => [name, values])).toEqual([
    ['Time', [5, 5]],
    ['a', ['1', null]],
    ['b', [null, 'x']],
    ['Value #A', [2, 3]],
  ])
})

test('buckets are what fell into them alone, whatever the spelling of their bounds', () => {
  const matrix = [
    { labels: { le: '+Inf' }, points: [[1000, 10]] as const },
    { labels: { le: '0.5' }, points: [[1000, 4]] as const },
    { labels: { le: '1.0' }, points: [[1000, 9]] as const },
  ]
  const frame = heatmapFrame(target, matrix, grid)
  expect(frame.fields.slice(1).map(({ name, values }) => [name, values[0], values[1]])).toEqual([
    ['0.5', 4, null],
    ['1', 5, null],
    ['Infinity', 1, null],
  ])
})
