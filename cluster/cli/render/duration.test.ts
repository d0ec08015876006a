import { expect, test } from 'vitest'
import { formatMicros, parseMicros } from './duration.ts'

test.each([
  [0, '0 µs'],
  [999, '999 µs'],
  [1_000, '1.00 ms'],
  [9_996, '10.0 ms'],
  [12_345, '12.3 ms'],
  [99_960, '100 ms'],
  [999_400, '999 ms'],
  [999_600, '1.00 s'],
  [59_990_000, '60.0 s'],
  [125_000_000, '2 m 05 s'],
])('%i µs is %s', (micros, text) => {
  expect(formatMicros(micros)).toBe(text)
})

test.each([
  ['250us', 250],
  ['250µs', 250],
  ['100ms', 100_000],
  ['1.5s', 1_500_000],
  ['2h', 7_200_000_000],
  ['1d', 86_400_000_000],
  ['100', undefined],
  ['-1s', undefined],
  ['1s2', undefined],
  ['', undefined],
])('%s is %s µs', (text, micros) => {
  expect(parseMicros(text)).toBe(micros)
})
