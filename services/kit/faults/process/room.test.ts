import { expect, test } from 'vitest'
import { threadsThatFit } from './room.ts'

const megabytes = (count: number) => count * 2 ** 20

test.each([
  { wanted: 8, limit: 72, used: 40, fit: 3 },
  { wanted: 2, limit: 72, used: 40, fit: 2 },
  // Fewer than one would be no fault at all.
  { wanted: 8, limit: 72, used: 70, fit: 1 },
  { wanted: 8, limit: 1_024, used: 40, fit: 8 },
])('of $wanted threads $fit fit into $limit MB of which $used are used', ({ wanted, limit, used, fit }) => {
  expect(threadsThatFit(wanted, { limit: megabytes(limit), used: megabytes(used) })).toBe(fit)
})
