import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { testCharge } from '../chain/test-blocks.ts'
import { ChargePlaces } from './charge-places.ts'

const COUNT = 60_000
const placeOf = (number: number) => ({ height: 1 + Math.floor(number / 3), leafIndex: number % 256 })

test.each([
  ['random ids', () => randomUUID() as string],
  ['ids that differ in their last digits only', (number: number) => testCharge(number).chargeId],
])('%s: each is found where it was put, in less than a hundred bytes', (_what, idOf) => {
  const places = new ChargePlaces()
  const ids = Array.from({ length: COUNT }, (_, number) => idOf(number))
  for (const [number, id] of ids.entries()) places.add(id, placeOf(number))
  expect(places.size).toBe(COUNT)
  // One comparison: two hundred thousand expectations take long.
  const wrong = ids.filter((id, number) => {
    const found = places.find(id)
    return found?.height !== placeOf(number).height || found.leafIndex !== placeOf(number).leafIndex
  })
  expect(wrong).toEqual([])
  expect(places.find(randomUUID())).toBeUndefined()
  expect(places.bytes / COUNT).toBeLessThan(60)
})

test('the first place of a charge counts', () => {
  const places = new ChargePlaces()
  const { chargeId } = testCharge(1)
  places.add(chargeId, { height: 3, leafIndex: 255 })
  places.add(chargeId, { height: 4, leafIndex: 0 })
  expect(places.find(chargeId)).toEqual({ height: 3, leafIndex: 255 })
  expect(places.find(chargeId.toUpperCase())).toEqual({ height: 3, leafIndex: 255 })
  expect(places.size).toBe(1)
})
