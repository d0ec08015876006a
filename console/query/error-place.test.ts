import { expect, test } from 'vitest'
import { caretLines, errorPlace } from './error-place.ts'

test('a place in the first and in a later line', () => {
  const message = 'invalid parameter "query": 1:5: parse error: unexpected "}"'
  expect(errorPlace(message, 'up{}}')).toEqual({ message: 'unexpected "}"', at: 4 })
  expect(errorPlace('2:3: parse error: x', 'sum(\nup{\n)').at).toBe(7)
  expect(errorPlace('query timed out', 'up')).toEqual({ message: 'query timed out', at: undefined })
})

test('a place beyond the end is the end', () => {
  expect(errorPlace('1:99: parse error: unexpected end of input', 'sum(').at).toBe(4)
})

test('a caret under the place', () => {
  expect(caretLines('sum(\nup{\n)', 7)).toBe('up{\n  ^')
})
