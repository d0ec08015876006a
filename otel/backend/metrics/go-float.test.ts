import { describe, expect, test } from 'vitest'
import {
  formatExponent,
  formatGoValue,
  formatSampleValue,
  formatScalarValue,
  formatTimestamp,
  parseGoFloat,
} from './go-float.ts'

test.each([
  ['1', 1],
  ['-0', -0],
  ['1e3', 1000],
  ['.5', 0.5],
  ['5.', 5],
  ['1e400', Number.POSITIVE_INFINITY],
  ['Inf', Number.POSITIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
  ['nAn', Number.NaN],
  ['0x1.8p1', 3],
  ['-0xAp0', -10],
  ['', undefined],
  ['.', undefined],
  ['1_000', undefined],
  ['0x10', undefined],
  ['0x.p1', undefined],
  ['1e', undefined],
  ['--1', undefined],
  [' 1', undefined],
])('reads %j as %j', (text, expected) => {
  expect(parseGoFloat(text)).toBe(expected)
})

// Every expectation is what Prometheus prints.
test.each([
  [0, '0', '0'],
  [-0, '-0', '-0'],
  [1, '1', '1'],
  [0.1, '0.1', '0.1'],
  [1e-7, '1e-07', '1e-07'],
  [1.5e-300, '1.5e-300', '1.5e-300'],
  [0.000001, '0.000001', '1e-06'],
  [0.00001, '0.00001', '1e-05'],
  [0.0001, '0.0001', '0.0001'],
  [1e20, '100000000000000000000', '1e+20'],
  [999999.5, '999999.5', '999999.5'],
  [1e6, '1000000', '1e+06'],
  [1e21, '1e+21', '1e+21'],
  [-1.25e-9, '-1.25e-09', '-1.25e-09'],
  [1234567.875, '1234567.875', '1.234567875e+06'],
  [Number.NaN, 'NaN', 'NaN'],
  [Number.POSITIVE_INFINITY, '+Inf', '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf', '-Inf'],
])('writes %d', (value, inAnswer, inTemplate) => {
  expect(formatSampleValue(value)).toBe(inAnswer)
  expect(formatGoValue(value)).toBe(inTemplate)
})

test.each([
  [-1e-7, '-0.0000001', '-1e-07'],
  [1.25e-8, '0.0000000125', '1.25e-08'],
  [1.5e22, '15000000000000000000000', '1.5e+22'],
  [0, '0', '0e+00'],
  [12.5, '12.5', '1.25e+01'],
  [Number.NaN, 'NaN', 'NaN'],
])('writes %d without or always with an exponent', (value, fixed, exponential) => {
  expect(formatScalarValue(value)).toBe(fixed)
  expect(formatExponent(value)).toBe(exponential)
})

describe('timestamps', () => {
  test.each([
    [0, '0'],
    [1000, '1'],
    [1500, '1.500'],
    [1_795_382_566_053, '1795382566.053'],
    [-1, '-0.001'],
    [-61_500, '-61.500'],
  ])('%d ms', (ms, expected) => {
    expect(formatTimestamp(ms)).toBe(expected)
  })
})
