import { expect, test } from 'vitest'
import { InternTable, type KeyRanges } from './intern-table.ts'

function key(head: string, tail = ''): KeyRanges {
  const bytes = Buffer.from(`##${head}##${tail}##`)
  const tailStart = 4 + head.length
  return { bytes, start: 2, end: 2 + head.length, tailStart, tailEnd: tailStart + tail.length }
}

test('equal keys share an entry until its last user is gone', () => {
  const table = new InternTable<string>(1)
  const make = (bytes: Buffer) => `made of ${bytes}`
  const id = table.take(key('a', 'b'), 0, make)
  expect(table.take(key('a', 'b'), 0, make)).toBe(id)
  table.retain(id)
  expect([table.size, table.get(id)]).toEqual([1, 'made of ab'])
  expect([table.release(id), table.release(id), table.value(id)]).toEqual([undefined, undefined, 'made of ab'])
  expect([table.release(id), table.value(id), table.size]).toEqual(['made of ab', undefined, 0])
  expect(table.take(key('c'), 0, make)).toBe(id)
})

test('keys differ by bytes, by the border between their ranges and by salt', () => {
  const table = new InternTable<number>(1)
  let made = 0
  const make = () => made++
  const ids = [key('ab'), key('a', 'b'), key('', 'ab'), key('abc')].map((ranges) => table.take(ranges, 0, make))
  ids.push(table.take(key('ab'), 1, make))
  expect(new Set(ids).size).toBe(5)
  expect(ids.map((id) => table.get(id))).toEqual([0, 1, 2, 3, 4])
})

test('its size in bytes follows what it holds', () => {
  const table = new InternTable<null>(1)
  const empty = table.bytes
  const ids = Array.from({ length: 1000 }, (_, i) => table.take(key(`${i}`.padStart(1000)), 0, () => null))
  expect(table.bytes).toBeGreaterThan(1000 * 1000)
  for (const id of ids) table.release(id)
  expect(table.bytes).toBeLessThan(empty + 20_000)
})
