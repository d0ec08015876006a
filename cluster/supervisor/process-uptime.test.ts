import { expect, test } from 'vitest'
import { parseElapsed, processUptimeS } from './process-uptime.ts'

test('the age of this process is what Node says', () => {
  expect(processUptimeS(process.pid)).toBeCloseTo(process.uptime(), -1)
})

test('a process that is not there has none', () => {
  expect(processUptimeS(2 ** 30)).toBeUndefined()
})

test.each([
  ['00:07', 7],
  ['  03:20\n', 200],
  ['02:00:01', 7_201],
  ['3-01:00:00', 262_800],
])('ps says %j', (text, seconds) => {
  expect(parseElapsed(text)).toBe(seconds)
})
