import { expect, test } from 'vitest'
import type { Place } from './placement.ts'
import { bestPlace, quorumRoundTripMs } from './placement.ts'

const delays = { na: { eu: 45, asia: 75 }, eu: { na: 45, asia: 100 }, asia: { na: 75, eu: 100 } }
const na: Place = { id: 'na', region: 'na' }
const eu: Place = { id: 'eu', region: 'eu' }
const asia: Place = { id: 'asia', region: 'asia' }
const na2: Place = { id: 'na-2', region: 'na' }
const eu2: Place = { id: 'eu-2', region: 'eu' }
const lost: Place = { id: 'eu', region: undefined }

test.each([
  ['alone', na, [na], 0],
  ['of three, in na: eu and back', na, [na, eu, asia], 90],
  ['of three, in asia: na and back', asia, [na, eu, asia], 150],
  ['of five, in na: its neighbour, then eu', na, [na, eu, asia, na2, eu2], 90],
  ['of five, in asia: na twice', asia, [na, eu, asia, na2, eu2], 150],
  ['of three, one not to be reached', na, [na, lost, asia], 150],
  ['of three, two not to be reached', na, [na, lost, { ...asia, region: undefined }], Number.POSITIVE_INFINITY],
] as const)('a majority %s', (_what, { id, region }, voters, expected) => {
  expect(quorumRoundTripMs(region ?? 'global', id, voters, delays)).toBe(expected)
})

test.each([
  ['who stands best stays', ['na', 'eu', 'asia'], [na, eu, asia], 'na'],
  ['asia hands over to na, which is as near as eu and comes first', ['asia', 'eu', 'na'], [na, eu, asia], 'na'],
  ['asia hands over to eu when na cannot lead', ['asia', 'eu'], [na, eu, asia], 'eu'],
  ['of two in one region the one in office stays', ['na-2', 'na', 'eu'], [na, eu, na2], 'na-2'],
  ['nobody is better than an only one', ['asia'], [na, eu, asia], 'asia'],
])('%s', (_what, candidates, voters, expected) => {
  expect(bestPlace(voters, candidates, delays)).toBe(expected)
})
