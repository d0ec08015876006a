import { expect, test } from 'vitest'
import { formatMicros } from './clock.ts'
import { parseInstant, rangeLabel, readRange, readRefresh, resolveRange } from './time-range.ts'

const nowMs = 1_000_000_000

test.each([
  ['now', nowMs],
  ['now-90s', nowMs - 90_000],
  ['now-15m', nowMs - 900_000],
  ['now-2h', nowMs - 7_200_000],
  ['now-1d', nowMs - 86_400_000],
  ['123456', 123_456],
  ['now-1y', undefined],
  ['now+1h', undefined],
  ['yesterday', undefined],
  ['-5', undefined],
])('%s is %s', (text, ms) => {
  expect(parseInstant(text, nowMs)).toBe(ms)
})

test.each([
  ['', { from: 'now-15m', to: 'now' }],
  ['from=now-1h', { from: 'now-1h', to: 'now' }],
  ['from=1000&to=2000', { from: '1000', to: '2000' }],
  ['from=2000&to=1000', { from: 'now-15m', to: 'now' }],
  ['from=evil&to=now', { from: 'now-15m', to: 'now' }],
])('the address %o is %o', (text, range) => {
  expect(readRange(new URLSearchParams(text))).toEqual(range)
})

test('a range is resolved at its time; a turned one is the standard one', () => {
  expect(resolveRange({ from: 'now-1m', to: 'now' }, nowMs)).toEqual({ startMs: nowMs - 60_000, endMs: nowMs })
  expect(resolveRange({ from: 'now', to: 'now-1m' }, nowMs)).toEqual({ startMs: nowMs - 900_000, endMs: nowMs })
})

test('a range has a name, or both ends', () => {
  expect(rangeLabel({ from: 'now-5m', to: 'now' }, String)).toBe('Last 5 minutes')
  expect(rangeLabel({ from: '1000', to: 'now' }, String)).toBe('1000 to now')
})

test.each([
  ['refresh=5000', 5_000],
  ['refresh=0', 0],
  ['refresh=1', undefined],
  ['', undefined],
])('%o refreshes every %s', (text, ms) => {
  expect(readRefresh(new URLSearchParams(text))).toBe(ms)
})

test.each([
  [0, '0 µs'],
  [7, '7 µs'],
  [999, '999 µs'],
  [999.9, '1 ms'],
  [1_250, '1.25 ms'],
  [12_340, '12.3 ms'],
  [123_456, '123 ms'],
  [999_900, '1 s'],
  [1_500_000, '1.5 s'],
  [100_000_000, '1 min 40 s'],
  [-1_500, '−1.5 ms'],
])('%d µs is %s', (micros, text) => {
  expect(formatMicros(micros)).toBe(text)
})
