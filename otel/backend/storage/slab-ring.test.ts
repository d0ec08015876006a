import { expect, test } from 'vitest'
import { SlabRing, slabBytesFor } from './slab-ring.ts'

test.each([
  [1024 * 1024, 64 * 1024],
  [16 * 1024 * 1024, 256 * 1024],
  [256 * 1024 * 1024, 1024 * 1024],
])('a budget of %i bytes has slabs of %i', (budget, slab) => {
  expect(slabBytesFor(budget)).toBe(slab)
})

test('rows and bodies meet in the middle, whatever the bodies’ size', () => {
  for (const bodyBytes of [0, 1, 333, 5000]) {
    const ring = new SlabRing(64 * 1024, 10)
    const slab = ring.slab(ring.add())
    while (slab.hasRoom(bodyBytes)) {
      const row = slab.take(bodyBytes)
      slab.words.fill(row, row * 10, row * 10 + 10)
      slab.bytes.fill(0xff, slab.tail, slab.tail + bodyBytes)
    }
    expect(slab.rowCount).toBe(Math.floor((64 * 1024) / (40 + bodyBytes)))
    for (let row = 0; row < slab.rowCount; row++) expect(slab.words[row * 10 + 9]).toBe(row)
  }
})

test('slabs leave in the order in which they came, and one is kept for the next', () => {
  const ring = new SlabRing(64 * 1024, 10)
  const [a, b, c] = [ring.add(), ring.add(), ring.add()]
  expect([ring.oldestSlot, ring.newestSlot, ring.count]).toEqual([a, c, 3])
  ring.dropOldest()
  expect([ring.oldestSlot, ring.count, ring.growthBytes, ring.allocatedBytes]).toEqual([b, 2, 0, 3 * 64 * 1024])
  ring.dropOldest()
  expect(ring.allocatedBytes).toBe(2 * 64 * 1024)
  const d = ring.add()
  expect([ring.slotsByAge(), ring.slab(d).rowCount, ring.growthBytes]).toEqual([[c, d], 0, 64 * 1024])
})
