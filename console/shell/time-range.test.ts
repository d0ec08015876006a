import { expect, test } from 'vitest'
import { formatMicros } from './clock.ts'
import {
  endText,
  parseInstant,
  rangeLabel,
  readEnd,
  readRange,
  readRefresh,
  readTypedRange,
  resolveRange,
} from './time-range.ts'

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

// Local time, wherever this runs.
const noonMs = new Date(2026, 10, 23, 12).getTime()

test.each([
  ['now', 'now'],
  [' now-15m ', 'now-15m'],
  ['1700000000000', '1700000000000'],
  ['2026-11-23 14:05', String(new Date(2026, 10, 23, 14, 5).getTime())],
  ['2026-11-23T14:05:30.25', String(new Date(2026, 10, 23, 14, 5, 30, 250).getTime())],
  ['2026-11-22', String(new Date(2026, 10, 22).getTime())],
  ['14:05:30', String(new Date(2026, 10, 23, 14, 5, 30).getTime())],
  ['2026-02-30 10:00', undefined],
  ['2026-13-01', undefined],
  ['25:00', undefined],
  ['12:60', undefined],
  ['', undefined],
  ['yesterday', undefined],
])('%o is typed for %s', (typed, end) => {
  expect(readEnd(typed, noonMs)).toBe(end)
})

test.each(['now-15m', 'now', String(noonMs), String(noonMs + 7)])('%s is read from its own text', (end) => {
  expect(readEnd(endText(end), noonMs)).toBe(end)
})

test.each([
  [
    { from: 'now-1h', to: 'now' },
    { kind: 'range', range: { from: 'now-1h', to: 'now' } },
  ],
  [
    { from: '11:00', to: 'now' },
    { kind: 'range', range: { from: String(noonMs - 3_600_000), to: 'now' } },
  ],
  [
    { from: 'soon', to: 'now' },
    { kind: 'wrong', from: expect.stringContaining('such as') },
  ],
  [
    { from: '', to: '' },
    { kind: 'wrong', from: expect.any(String), to: expect.any(String) },
  ],
  [
    { from: '11:00', to: '10:00' },
    { kind: 'wrong', to: expect.stringContaining('after') },
  ],
  [
    { from: 'now', to: 'now' },
    { kind: 'wrong', to: expect.stringContaining('after') },
  ],
])('the fields %o are %o', (typed, read) => {
  expect(readTypedRange(typed, noonMs)).toEqual(read)
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
