// Durations, numbers and strings: read and written.

import { describe, expect, test } from 'vitest'
import { formatDuration, MAX_DURATION_MS, parseDurationMs } from './duration.ts'
import { formatPlainNumber, formatSampleValue, parseNumber } from './number.ts'
import { quote, unquote } from './string-literal.ts'

test.each([
  ['5m', 300_000, '5m'],
  ['1h30m', 5_400_000, '1h30m'],
  ['90s', 90_000, '1m30s'],
  ['1d12h', 129_600_000, '1d12h'],
  ['2w', 1_209_600_000, '2w'],
  ['13d', 1_123_200_000, '13d'],
  ['1y', 31_536_000_000, '1y'],
  ['1y2w3d4h5m6s7ms', 33_019_506_007, '382d4h5m6s7ms'],
  ['0s', 0, '0s'],
])('duration %s', (text, durationMs, canonical) => {
  expect(parseDurationMs(text)).toBe(durationMs)
  expect(formatDuration(durationMs)).toBe(canonical)
})

test.each(['', '5', 'm', '5m5h', '1.5h', '-5m', '5 m', '400y', `${MAX_DURATION_MS + 1}ms`])(
  'no duration: %j',
  (text) => {
    expect(parseDurationMs(text)).toBeUndefined()
  },
)

describe('numbers', () => {
  test.each(['', 'x', '1e', '0xg', '1__0', '1_', '_1', '1.2.3', '1e5.5'])('no number: %j', (text) => {
    expect(parseNumber(text)).toBeUndefined()
  })

  test.each([
    [0.1, '0.1', '0.1'],
    [1e21, `1${'0'.repeat(21)}`, '1e+21'],
    [1.5e22, `15${'0'.repeat(21)}`, '1.5e+22'],
    [1e20, `1${'0'.repeat(20)}`, `1${'0'.repeat(20)}`],
    [1e-7, '0.0000001', '1e-07'],
    [1.25e-10, '0.000000000125', '1.25e-10'],
    [1e-6, '0.000001', '0.000001'],
    [-1.5e-9, '-0.0000000015', '-1.5e-09'],
    [1e300, `1${'0'.repeat(300)}`, '1e+300'],
    [123456.789, '123456.789', '123456.789'],
    [0, '0', '0'],
    [-0, '-0', '-0'],
    [Number.POSITIVE_INFINITY, '+Inf', '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf', '-Inf'],
    [Number.NaN, 'NaN', 'NaN'],
  ])('%d', (value, plain, sample) => {
    expect(formatPlainNumber(value)).toBe(plain)
    expect(formatSampleValue(value)).toBe(sample)
  })
})

describe('strings', () => {
  test.each([
    ['"a\\tb"', 'a\tb'],
    ["'it''s'".replace("''", "\\'"), "it's"],
    ['`a\\tb`', 'a\\tb'],
    ['"\\x41\\101\\u0041\\U00000041"', 'AAAA'],
    ['"\\xf0\\x9f\\x98\\x80"', '😀'],
  ])('%s', (literal, value) => {
    expect(unquote(literal)).toEqual({ value })
  })

  test.each(['"\\q"', '"\\x4"', '"\\400"', '"\\ud800"', '"\\U00110000"', '"\\\'"'])('refused: %s', (literal) => {
    expect(unquote(literal)).toHaveProperty('error')
  })

  test.each(['', 'plain', 'q"u\\o\te', 'é漢😀', '\u0000\u001f\u007f', 'a\r\n\v\f\b\u0007'])(
    'quote %j reads back',
    (text) => {
      expect(unquote(quote(text))).toEqual({ value: text })
    },
  )
})
