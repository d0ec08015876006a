import { expect, test } from 'vitest'
import { ClockSkew } from './clock-skew.ts'

test('the fastest of the last pings tells, and a clock that is set shows within five', () => {
  const skew = new ClockSkew()
  expect(skew.seconds).toBeUndefined()
  for (const [sentAt, arrivedAt] of [
    [1_000, 1_900],
    [2_000, 2_003],
    [3_000, 3_400],
  ] as const) {
    skew.notePing(String(sentAt), arrivedAt)
  }
  expect(skew.seconds).toBe(0.003)
  for (let second = 4; second < 9; second++) skew.notePing(String(second * 1_000), second * 1_000 - 30_000)
  expect(skew.seconds).toBe(-30)
  for (let second = 9; second < 14; second++) skew.notePing(String(second * 1_000), second * 1_000 + 7)
  expect(skew.seconds).toBe(0.007)
})

test.each(['', 'x', '-5', '1e3', '1.5', '9'.repeat(16)])('a ping that carries %j says nothing', (sentAt) => {
  const skew = new ClockSkew()
  skew.notePing(sentAt, 1_000)
  expect(skew.seconds).toBeUndefined()
})
