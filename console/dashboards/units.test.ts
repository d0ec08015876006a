import { expect, test } from 'vitest'
import { formatValue, momentText } from './units.ts'

test.each([
  [0.0123, 's', undefined, '12.3 ms'],
  [0.99996, 's', undefined, '1 s'],
  [90, 's', undefined, '1.5 min'],
  [0, 's', undefined, '0 s'],
  [1500, 'ms', undefined, '1.5 s'],
  [0.25, 'ms', undefined, '250 µs'],
  [7200, 's', undefined, '2 h'],
  [1234, 'short', undefined, '1.23 K'],
  [12, 'short', 0, '12'],
  [2_500_000, 'short', undefined, '2.5 Mil'],
  [0.5, 'short', undefined, '0.5'],
  [-3, 'short', undefined, '−3'],
  [12.345, 'reqps', undefined, '12.3 req/s'],
  [0, 'reqps', undefined, '0 req/s'],
  [0.1234, 'percentunit', undefined, '12.3%'],
  [0.1234, 'percentunit', 1, '12.3%'],
  [99.5, 'percent', undefined, '99.5%'],
  [1536, 'bytes', undefined, '1.5 KiB'],
  [5 * 1024 ** 2, 'bytes', undefined, '5 MiB'],
  [2000, 'Bps', undefined, '2 kB/s'],
  [1234.5, 'currencyUSD', undefined, '$1.23 K'],
  [3, 'req/s', 1, '3.0 req/s'],
  [3, 'none', undefined, '3'],
  [120, 'none', undefined, '120'],
  [Number.NaN, 's', undefined, 'NaN'],
  [Number.POSITIVE_INFINITY, 's', undefined, '+∞'],
  [null, 's', undefined, '–'],
])('%s %s %s → %s', (value, unit, decimals, text) => {
  expect(formatValue(value, unit, decimals)).toBe(text)
})

test('a moment of today has no day', () => {
  const now = new Date(2026, 10, 23, 12, 0, 0)
  expect(momentText(new Date(2026, 10, 23, 9, 5, 7).getTime(), now)).toBe('09:05:07')
  expect(momentText(new Date(2026, 10, 22, 9, 5, 7).getTime(), now)).toBe('2026-11-22 09:05:07')
})
