import { expect, test } from 'vitest'
import { edgesOf, intervalFor, presence, rises } from './measure.ts'

test.each([
  [20, 5],
  [300, 5],
  [301, 10],
  [1_800, 30],
  [3_600, 60],
])('%d s are cut into intervals of %d s', (durationS, intervalS) => {
  expect(intervalFor(durationS)).toBe(intervalS)
})

test('the last interval may be shorter, but not a sliver', () => {
  expect(edgesOf(20, 5)).toEqual([0, 5, 10, 15, 20])
  expect(edgesOf(22.5, 5)).toEqual([0, 5, 10, 15, 20, 22.5])
  expect(edgesOf(20.4, 5)).toEqual([0, 5, 10, 15, 20])
})

test('a counter rises; it may begin late, be missing for a moment, or begin again', () => {
  expect(rises([undefined, 80, 150])).toEqual([80, 70])
  expect(rises([10, undefined, 30])).toEqual([0, 20])
  expect(rises([100, 120, 15, 25])).toEqual([20, 15, 10])
  expect(rises([])).toEqual([])
})

test('presence is told as stretches; one that lasts to the end has none', () => {
  expect(presence([3, 4, 5, 9, 10], 1, 20)).toEqual([
    { fromS: 3, untilS: 5 },
    { fromS: 9, untilS: 10 },
  ])
  expect(presence([18, 19, 20], 1, 20)).toEqual([{ fromS: 18, untilS: null }])
  expect(presence([], 1, 20)).toEqual([])
})
