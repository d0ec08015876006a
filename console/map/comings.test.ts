import { expect, test } from 'vitest'
import { followComings, type Presence } from './comings.ts'
import type { Placed } from './layout.ts'

/** Where they stand does not matter to who is there. */
const placed = (...ids: string[]): ReadonlyMap<string, Placed> =>
  new Map(ids.map((id) => [id, { node: { id }, x: 0, y: 0 } as unknown as Placed]))

const states = (map: ReadonlyMap<string, Presence>) => [...map].map(([id, { state }]) => `${id} ${state}`)

test('at first everybody is here; later ones come', () => {
  const first = followComings(undefined, placed('a', 'b'), 0)
  expect(states(first)).toEqual(['a here', 'b here'])
  const second = followComings(first, placed('a', 'b', 'c'), 1_000)
  expect(states(second)).toEqual(['a here', 'b here', 'c came'])
  // It stays one that came: what it looked like then is not to start over.
  expect(states(followComings(second, placed('a', 'b', 'c'), 2_000))).toContain('c came')
})

test('one that goes is seen to go for a moment, and may come back', () => {
  const first = followComings(undefined, placed('a', 'b'), 0)
  const second = followComings(first, placed('a'), 1_000)
  expect(states(second)).toEqual(['a here', 'b gone'])
  expect(states(followComings(second, placed('a'), 2_400))).toEqual(['a here', 'b gone'])
  expect(states(followComings(second, placed('a'), 2_600))).toEqual(['a here'])
  expect(states(followComings(second, placed('a', 'b'), 1_500))).toEqual(['a here', 'b came'])
})
