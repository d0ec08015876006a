import { expect, test } from 'vitest'
import { createMatcher, MAX_REGEX_LENGTH, type MatchOperator, matchesAll } from './matcher.ts'
import { QueryError } from './query-error.ts'

test.each<[MatchOperator, string, string[], string[]]>([
  ['=', 'a', ['a'], ['', 'b', 'aa']],
  ['=', '', [''], ['a']],
  ['!=', 'a', ['', 'b'], ['a']],
  ['=~', 'a|bc', ['a', 'bc'], ['', 'b', 'abc']],
  ['=~', 'a.*', ['a', 'a\nb'], ['ba', '']],
  ['=~', '.+', ['x'], ['']],
  ['=~', '.*', ['', 'x'], []],
  ['=~', '', [''], ['x']],
  ['=~', 'a||b', ['a', 'b', ''], ['ab']],
  ['=~', '(?i)abc', ['ABC'], ['x']],
  ['=~', '1\\.5', ['1.5'], ['1x5']],
  ['!~', 'a.*', ['b', ''], ['ab']],
  ['!~', 'a|b', ['c'], ['a', 'b']],
])('%s %j', (operator, value, matching, others) => {
  const matcher = createMatcher('x', operator, value)
  for (const text of matching) expect(matcher.matches(text), text).toBe(true)
  for (const text of others) expect(matcher.matches(text), text).toBe(false)
})

test('literals are told only where they alone can match', () => {
  expect(createMatcher('x', '=~', 'a|b|a').literals).toEqual(['a', 'b'])
  expect(createMatcher('x', '=', 'a').literals).toEqual(['a'])
  expect(createMatcher('x', '=~', 'a|b.').literals).toBeUndefined()
  expect(createMatcher('x', '!~', 'a|b').literals).toBeUndefined()
})

test.each(['(', 'a**', '(?=x)', '\\8', 'x'.repeat(MAX_REGEX_LENGTH).concat('+')])('refused: %.20s', (value) => {
  expect(() => createMatcher('x', '=~', value)).toThrow(QueryError)
})

test('all matchers must pass', () => {
  const matchers = [createMatcher('a', '=', '1'), createMatcher('b', '!=', '2')]
  const record: Record<string, string> = { a: '1' }
  expect(matchesAll(matchers, (name) => record[name] ?? '')).toBe(true)
  expect(matchesAll(matchers, () => '2')).toBe(false)
})
