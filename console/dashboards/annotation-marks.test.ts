import { expect, test } from 'vitest'
import { marksOf } from './annotation-marks.ts'

const series = (labels: Record<string, string>, ...points: [number, number][]) => ({ labels, points })

test('values that are moments: each once', () => {
  const annotation = {
    name: 'Faults',
    titleFormat: '{{change}}: {{subject}}',
    tagKeys: 'change',
    useValueForTime: true,
  }
  const matrix = [series({ change: 'fault', subject: 'orders-1' }, [1000, 700], [2000, 700], [9000, 8500])]
  expect(
    marksOf(annotation, matrix, 1000).map(({ title, startMs, endMs, tags }) => [title, startMs, endMs, tags]),
  ).toEqual([
    ['fault: orders-1', 700, 700, ['fault']],
    ['fault: orders-1', 8500, 8500, ['fault']],
  ])
})

test('spells: as long as there are values', () => {
  const matrix = [series({ alertname: 'A' }, [1000, 1], [2000, 1], [3000, 0], [6000, 1])]
  expect(marksOf({ name: 'Alerts', titleFormat: '{{alertname}} {{journey}}' }, matrix, 1000)).toMatchObject([
    { title: 'A', startMs: 1000, endMs: 2000 },
    { title: 'A', startMs: 6000, endMs: 6000 },
  ])
})
