import { expect, test } from 'vitest'
import { formatPercent, formatRate, formatValue } from './metric-value.ts'

test.each([
  [0, '0'],
  [-0, '0'],
  [12, '12'],
  [1_732_314_612, '1732314612'],
  [0.1 + 0.2, '0.3'],
  [-1.5, '-1.5'],
  [19.833333333, '19.8333'],
  [1_234_567.891, '1234568'],
  [0.04213579, '0.0421358'],
  [0.000123456789, '0.000123457'],
  [1.5e-9, '1.5e-9'],
  [2e-9, '2e-9'],
  [1e21, '1e+21'],
  [999_999.9999, '1000000'],
  [100.00001, '100'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
])('the value %d is %s', (value, text) => {
  expect(formatValue(value)).toBe(text)
})

test.each([
  [0, '0'],
  [0.00001, '<0.01'],
  [0.0004, '0.04'],
  [0.00996, '1.0'],
  [0.0321, '3.2'],
  [0.47, '47'],
  [1, '100'],
  [Number.NaN, '–'],
])('the share %d is %s %%', (share, text) => {
  expect(formatPercent(share)).toBe(text)
})

test.each([
  [0, '0'],
  [0.254, '0.25'],
  [19.84, '19.8'],
  [1_240.2, '1240'],
  [Number.NaN, '–'],
])('the rate %d is %s', (rate, text) => {
  expect(formatRate(rate)).toBe(text)
})
