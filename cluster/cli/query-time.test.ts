import { expect, test } from 'vitest'
import { parseDurationS, parseTimeS, stepFor } from './query-time.ts'

test.each([
  ['15m', 900],
  ['1h30m', 5_400],
  ['500ms', 0.5],
  ['1d12h', 129_600],
  ['2.5', 2.5],
  ['30', 30],
  ['', undefined],
  ['0s', undefined],
  ['5m1h', undefined],
  ['1.5h', undefined],
  ['-5m', undefined],
  ['soon', undefined],
])('the duration %j is %s seconds', (text, seconds) => {
  expect(parseDurationS(text)).toBe(seconds)
})

test.each([
  ['-5m', 1_732_314_312],
  ['1732314000.5', 1_732_314_000.5],
  ['2024-11-22T22:20:00Z', 1_732_314_000],
  ['2024-11-22T23:20:00+01:00', 1_732_314_000],
  ['yesterday', undefined],
  ['-soon', undefined],
  ['12', 12],
])('the time %j is %s', (text, seconds) => {
  expect(parseTimeS(text, 1_732_314_612)).toBe(seconds)
})

test.each([
  [60, 120, 1],
  [900, 120, 10],
  [3_600, 120, 30],
  [86_400, 120, 900],
  [365 * 86_400, 120, 345_600],
])('a range of %i s in %i points has steps of %i s', (range, columns, step) => {
  expect(stepFor(range, columns)).toBe(step)
})
