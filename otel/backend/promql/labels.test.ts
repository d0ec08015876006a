import { expect, test } from 'vitest'
import {
  compareLabels,
  dropLabels,
  dropMetricName,
  EMPTY_LABELS,
  keepLabels,
  keyOfStrings,
  labelsFrom,
  labelsFromPairs,
  labelsToRecord,
  labelValue,
  withLabel,
} from './labels.ts'

test('pairs are sorted, and empty values are no labels', () => {
  const labels = labelsFrom({ b: '2', __name__: 'm', a: '1', none: '' })
  expect(labels.pairs.map(([name]) => name)).toEqual(['__name__', 'a', 'b'])
  expect(labelValue(labels, 'a')).toBe('1')
  expect(labelValue(labels, 'none')).toBe('')
  expect(labelsFrom({ x: '' })).toBe(EMPTY_LABELS)
})

test('equal sets have equal keys, others never, whatever characters they hold', () => {
  expect(labelsFrom({ a: '1', b: '2' }).key).toBe(
    labelsFromPairs([
      ['b', '2'],
      ['a', '1'],
    ]).key,
  )
  const sets = [
    { a: 'b', c: 'd' },
    { a: 'b\u0001c\u0001d' },
    { a: 'b\u0001c', d: 'x' },
    { 'a\u0001b': 'c' },
    { a: 'b\u0001c' },
    { a: '\u0000' },
    { a: '\u0000a' },
    { a: '\u0001' },
  ]
  expect(new Set(sets.map((record) => labelsFrom(record).key)).size).toBe(sets.length)
  expect(keyOfStrings(['a', 'b\u0001c'])).not.toBe(keyOfStrings(['a\u0001b', 'c']))
})

test('sets are changed by copies', () => {
  const labels = labelsFrom({ __name__: 'm', a: '1', b: '2' })
  expect(labelsToRecord(withLabel(labels, 'a', '9'))).toEqual({ __name__: 'm', a: '9', b: '2' })
  expect(labelsToRecord(withLabel(labels, 'a', ''))).toEqual({ __name__: 'm', b: '2' })
  expect(labelsToRecord(withLabel(labels, 'aa', '3'))).toEqual({ __name__: 'm', a: '1', aa: '3', b: '2' })
  expect(labelsToRecord(keepLabels(labels, new Set(['b', 'c'])))).toEqual({ b: '2' })
  expect(labelsToRecord(dropLabels(labels, new Set(['b', 'c'])))).toEqual({ __name__: 'm', a: '1' })
  expect(labelsToRecord(dropMetricName(labels))).toEqual({ a: '1', b: '2' })
  expect(labelsToRecord(labels)).toEqual({ __name__: 'm', a: '1', b: '2' })
})

test('order: by name, then value, the shorter first', () => {
  const sets = [{}, { a: '1' }, { a: '1', b: '0' }, { a: '2' }, { b: '0' }].map(labelsFrom)
  expect(sets.toReversed().toSorted(compareLabels)).toEqual(sets)
})
