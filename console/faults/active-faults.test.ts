import { expect, test } from 'vitest'
import { activeTitle } from './active-faults.tsx'

test.each([
  [0, false, 'Nothing is broken on purpose'],
  [1, false, '1 active fault'],
  [2, false, '2 active faults'],
  [undefined, false, 'Asking what is broken on purpose …'],
  [undefined, true, 'Not known what is broken on purpose'],
  [0, true, 'Not known any more; the last that was: nothing is broken on purpose'],
])('%s faults, failed %s: %s', (count, failed, title) => {
  expect(activeTitle(count, failed)).toBe(title)
})
