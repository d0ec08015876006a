import { expect, test } from 'vitest'
import { catalogue } from '../../faults/catalogue.ts'
import { layers } from '../../faults/fault.ts'
import { dayNumber } from '../day.ts'
import { shownBySmall, thirdOf } from './rotation.ts'

const dayOf = (date: string) => dayNumber({ FAULTLINE_SEED_DATE: date })
const small = shownBySmall(catalogue)
const idsOf = (date: string) => thirdOf(small, dayOf(date)).map(({ id }) => id)

test.each([
  ['2026-11-24', '2026-11-25', '2026-11-26'],
  // A month and a year end in between.
  ['2026-12-30', '2026-12-31', '2027-01-01'],
])('three days in a row from %s take every fault once', (...dates) => {
  expect(dates.flatMap(idsOf).sort()).toEqual(small.map(({ id }) => id).sort())
})

test('each third has every layer that has three faults, and they are of one size', () => {
  for (const date of ['2026-11-24', '2026-11-25', '2026-11-26']) {
    const third = thirdOf(small, dayOf(date))
    const present = new Set(third.map(({ layer }) => layer))
    const expected = layers.filter((layer) => small.filter((fault) => fault.layer === layer).length >= 3)
    expect(expected.filter((layer) => !present.has(layer))).toEqual([])
    expect(Math.abs(third.length - small.length / 3)).toBeLessThan(1)
  }
})

test('the same date takes the same faults, and what is no date is refused', () => {
  expect(idsOf('2026-11-24')).toEqual(idsOf('2026-11-24'))
  expect(() => idsOf('today')).toThrow('FAULTLINE_SEED_DATE must be a date such as 2026-11-23, not "today"')
  expect(() => idsOf('2026-13-24')).toThrow('must be a date')
})

test('what only three regions show is known, for it is not part of the rotation', () => {
  // Each is held by `npm run faults:verify`, and three of them by system tests of their own.
  const others = catalogue.filter((fault) => !small.includes(fault)).map(({ id }) => id)
  expect(others).toEqual(['region-outage', 'slow-replica', 'stale-read', 'failover'])
})
