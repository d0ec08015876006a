import { expect, test } from 'vitest'
import { neighbourAt } from './tabs.tsx'

test.each([
  ['a', 'ArrowRight', 'b'],
  ['c', 'ArrowRight', 'a'],
  ['a', 'ArrowLeft', 'c'],
  ['b', 'Home', 'a'],
  ['a', 'End', 'c'],
  ['a', 'Enter', undefined],
  ['a', 'ArrowDown', undefined],
] as const)('from %s, %s leads to %s', (selected, key, next) => {
  expect(neighbourAt(['a', 'b', 'c'], selected, key)).toBe(next)
})
