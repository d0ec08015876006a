import { expect, test } from 'vitest'
import { Places } from './places.ts'

test('what was put in is there, beyond a page and up to the last one', () => {
  const places = new Places()
  const placeOf = (number: number) => ({ segment: 1 + (number >> 10), offset: 0xffff_ff00 - number, bytes: number * 7 })
  for (let number = 0; number < 10_000; number++) places.push(placeOf(number))
  for (let number = 0; number < 10_000; number++) expect(places.at(number)).toEqual(placeOf(number))
  expect([places.length, places.at(10_000), places.at(-1)]).toEqual([10_000, undefined, undefined])
  expect(places.bytes / 10_000).toBeLessThan(16)
})
