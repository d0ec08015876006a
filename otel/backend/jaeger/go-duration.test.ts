import { expect, test } from 'vitest'
import { DurationError, parseGoDuration } from './go-duration.ts'

test.each([
  ['0', 0n],
  ['1ns', 1n],
  ['1us', 1_000n],
  ['1µs', 1_000n],
  ['1μs', 1_000n],
  ['300ms', 300_000_000n],
  ['1.5h', 5_400_000_000_000n],
  ['2h45m', 9_900_000_000_000n],
  ['1h2m3s4ms5us6ns', 3_723_004_005_006n],
  ['.5s', 500_000_000n],
  ['5.s', 5_000_000_000n],
  ['-1.5s', -1_500_000_000n],
  ['+2s', 2_000_000_000n],
  ['0.0000000009s', 0n],
])('%s is %i ns', (text, ns) => {
  expect(parseGoDuration(text)).toBe(ns)
})

test.each([
  ['', 'time: invalid duration ""'],
  ['-', 'time: invalid duration "-"'],
  ['abc', 'time: invalid duration "abc"'],
  ['100', 'time: missing unit in duration "100"'],
  ['1s2', 'time: missing unit in duration "1s2"'],
  ['5y', 'time: unknown unit "y" in duration "5y"'],
  ['1 s', 'time: unknown unit " s" in duration "1 s"'],
  ['1__proto__', 'time: unknown unit "__proto__" in duration "1__proto__"'],
  ['.s', 'time: invalid duration ".s"'],
  ['300000h1000000h9999999h', 'time: invalid duration "300000h1000000h9999999h"'],
])('%j is refused in Go’s words', (text, message) => {
  expect(() => parseGoDuration(text)).toThrow(new DurationError(message))
})

test('what is far too long is refused without being looked through', () => {
  expect(() => parseGoDuration('1s'.repeat(1000))).toThrow(DurationError)
})
