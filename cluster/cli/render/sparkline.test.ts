import { expect, test } from 'vitest'
import { drawSparkline, extentOf } from './sparkline.ts'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const gap = undefined

test.each([
  ['a value a character', [0, 1, 2, 3, 4, 5, 6, 7], 8, '▁▂▃▄▅▆▇█'],
  ['below zero', [-4, -2, 0], 3, '▁▅█'],
  ['fewer values than characters: stretched', [0, 7], 6, '▁▁▁███'],
  ['more values than characters: averaged', [0, 0, 6, 8, 8, 8, 7, 9], 4, '▁▇██'],
  ['gaps stay blank', [0, gap, gap, 7], 4, '▁  █'],
  ['a gap within a mean counts for nothing', [0, gap, 7, gap], 2, '▁█'],
  ['NaN is blank', [0, nan, 7], 3, '▁ █'],
  ['infinities at the ends of the scale', [0, inf, -inf, 7], 4, '▁█▁█'],
  ['constant', [3, 3, 3], 3, '▄▄▄'],
  ['constant zero', [0, 0, 0], 3, '▁▁▁'],
  ['nothing', [], 3, '   '],
  ['no values', [gap, gap], 2, '  '],
])('%s', (_, values, columns, line) => {
  expect(drawSparkline(values, columns, extentOf(values) ?? { min: 0, max: 0 })).toBe(line)
})

test('the extent is of finite values', () => {
  expect(extentOf([gap, inf, 2, -3, nan])).toEqual({ min: -3, max: 2 })
  expect(extentOf([inf, nan, gap])).toBeUndefined()
})
