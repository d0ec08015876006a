import { expect, test } from 'vitest'
import { aligned, durationMs, stepMs } from './time-step.ts'

test.each([
  [900_000, 900, 5_000, 5_000],
  [900_000, 900, 0, 1_000],
  [3_600_000, 600, 1_000, 5_000],
  [86_400_000, 1_000, 5_000, 60_000],
  [30 * 86_400_000, 1, 5_000, 86_400_000],
])('%d ms in %d points, at least %d → %d', (range, points, min, expected) => {
  expect(stepMs(range, points, min)).toBe(expected)
})

test('never more points than Prometheus gives', () => {
  const range = 7 * 86_400_000
  expect(range / stepMs(range, 1e9, 1)).toBeLessThanOrEqual(11_000)
})

test.each([
  ['5s', 5_000],
  ['1m30s', 90_000],
  ['250ms', 250],
  ['soon', undefined],
  [undefined, undefined],
])('%s', (text, expected) => {
  expect(durationMs(text)).toBe(expected)
})

test('aligned to the step', () => {
  expect(aligned(12_345, 67_890, 5_000)).toEqual({ startMs: 10_000, endMs: 65_000 })
})
