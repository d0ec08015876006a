import { expect, test } from 'vitest'
import { seededRandom } from '../bench-data.ts'
import { mixHash, RefTable } from './ref-table.ts'

function refsOf(table: RefTable, hash: number): number[] {
  const refs: number[] = []
  for (let cell = table.first(hash); cell >= 0; cell = table.next(hash, cell)) refs.push(table.ref(cell))
  return refs.sort((a, b) => a - b)
}

test('it holds what a map of sets holds, through growth, removal and shrinking', () => {
  const random = seededRandom(3)
  const table = new RefTable()
  const model = new Map<number, Set<number>>()
  // Few hashes, close to each other, so that runs collide, wrap around the end and are closed up again.
  const hashOf = () => (0xffffffe0 + Math.floor(random() * 64)) >>> 0
  for (let step = 0; step < 20_000; step++) {
    const hash = hashOf()
    const ref = Math.floor(random() * 50)
    const refs = model.get(hash) ?? new Set()
    model.set(hash, refs)
    // Mostly adding at first, mostly removing in the end.
    if (random() < (step < 10_000 ? 0.7 : 0.2)) {
      if (!refs.has(ref)) table.add(hash, ref)
      refs.add(ref)
    } else {
      table.remove(hash, ref)
      refs.delete(ref)
    }
    if (step % 100 === 0) {
      for (const [known, expected] of model) expect(refsOf(table, known)).toEqual([...expected].sort((a, b) => a - b))
    }
  }
  expect(table.size).toBe([...model.values()].reduce((sum, refs) => sum + refs.size, 0))
})

test('it gives memory back when most of what it held is gone', () => {
  const table = new RefTable()
  for (let ref = 0; ref < 10_000; ref++) table.add(mixHash(1, ref), ref)
  const full = table.bytes
  for (let ref = 0; ref < 9_990; ref++) table.remove(mixHash(1, ref), ref)
  expect(table.bytes).toBeLessThan(full / 100)
  expect(refsOf(table, mixHash(1, 9_995))).toEqual([9_995])
})
