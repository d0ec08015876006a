import { expect, test } from 'vitest'
import { drawBar, drawScale } from './bar.ts'

test.each([
  [0, 1, '████'],
  [0, 0.5, '██'],
  [0.5, 1, '  ██'],
  [0.125, 0.25, '▐'],
  [0.25, 0.375, ' ▌'],
  [0, 0, '▌'],
  [1, 1, '   ▐'],
  [0.999, 1.2, '   ▐'],
  [-0.2, 0.1, '▌'],
])('from %d to %d in four characters', (start, end, bar) => {
  expect(drawBar(start, end, 4)).toBe(bar)
})

test.each([
  [24, '0         5 ms     10 ms'],
  [12, '0      10 ms'],
  [6, '0     '],
])('a scale of %i characters', (columns, scale) => {
  expect(drawScale('0', '5 ms', '10 ms', columns)).toBe(scale)
})
