import { expect, test } from 'vitest'
import { dayNumber, wantsAll } from './day.ts'

test('a day has one number from midnight to midnight UTC, the next day the next', () => {
  const at = (time: string) => dayNumber({}, Date.parse(time))
  expect(at('2026-11-23T23:59:59Z')).toBe(at('2026-11-23T00:00:00Z'))
  expect(at('2026-11-24T00:00:00Z')).toBe(at('2026-11-23T00:00:00Z') + 1)
})

test('a date that was chosen goes before the clock, and must be one', () => {
  expect(dayNumber({ FAULTLINE_SEED_DATE: '1970-01-11' })).toBe(10)
  expect(() => dayNumber({ FAULTLINE_SEED_DATE: 'tuesday' })).toThrow(
    'must be a date such as 2026-11-23, not "tuesday"',
  )
})

test('all of it only when that is asked for', () => {
  expect([wantsAll({ FAULTLINE_ALL: '1' }), wantsAll({ FAULTLINE_ALL: '' }), wantsAll({})]).toEqual([
    true,
    false,
    false,
  ])
})
