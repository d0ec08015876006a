import { expect, test } from 'vitest'
import { namedColor } from './colors.ts'
import type { FieldOptions } from './dashboard-json.ts'
import { reduceValues } from './reduce.ts'
import { showValue } from './value-mapping.ts'

const options: FieldOptions = {
  unit: 's',
  thresholds: {
    mode: 'absolute',
    steps: [
      { value: null, color: 'green' },
      { value: 1, color: 'red' },
    ],
  },
  mappings: [
    { type: 'value', options: { '0': { text: 'down', color: 'orange' } } },
    { type: 'range', options: { from: 10, to: 20, result: { text: 'long' } } },
    { type: 'special', options: { match: 'nan', result: { text: 'none' } } },
  ],
}

test.each([
  [0, 'down', 'orange'],
  [15, 'long', 'red'],
  [Number.NaN, 'none', 'green'],
  [0.5, '500 ms', 'green'],
  [2, '2 s', 'red'],
])('%s is %s in %s', (value, text, color) => {
  expect(showValue(value, options)).toEqual({ text, color: namedColor(color) })
})

test('nothing is a dash, without a colour', () => {
  expect(showValue(null, options)).toEqual({ text: '–', color: undefined })
})

test.each([
  ['lastNotNull', 3],
  ['max', 5],
  ['min', 1],
  ['mean', 3],
  ['sum', 9],
  ['count', 3],
  ['last', null],
  ['unheard-of', null],
])('%s', (id, expected) => {
  expect(reduceValues(id, [1, 5, Number.NaN, 3, null])).toBe(expected)
})
