import { expect, test } from 'vitest'
import { SampleBuffer } from './storage.ts'

test('a buffer grows, and is empty again when cleared, markers too', () => {
  const buffer = new SampleBuffer(2)
  for (let i = 0; i < 5; i++) buffer.push(i, i * 10, i === 3)
  expect(buffer.length).toBe(5)
  expect([...buffer.timestampsMs.subarray(0, 5)]).toEqual([0, 1, 2, 3, 4])
  expect([...buffer.values.subarray(0, 5)]).toEqual([0, 10, 20, 30, 40])
  expect([...buffer.stale.subarray(0, 5)]).toEqual([0, 0, 0, 1, 0])
  expect(buffer.hasStale).toBe(true)
  buffer.clear()
  expect(buffer.length).toBe(0)
  expect(buffer.hasStale).toBe(false)
  expect(buffer.stale.includes(1)).toBe(false)
  buffer.reserve(1_000)
  expect(buffer.values.length).toBeGreaterThanOrEqual(1_000)
})
