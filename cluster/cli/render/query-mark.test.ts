import { expect, test } from 'vitest'
import { markPosition } from './query-mark.ts'

test('the place is marked below the query', () => {
  const message = 'invalid parameter "query": 1:14: parse error: unclosed left parenthesis'
  expect(markPosition('sum(rate(foo[5m])', message, 80)).toEqual([
    'parse error: unclosed left parenthesis',
    '  sum(rate(foo[5m])',
    '               ^',
  ])
})

test('of a query of several lines the one at fault is shown, a tab being one character wide', () => {
  expect(markPosition('sum(\n\tfoo bar\n)', '2:6: parse error: unexpected identifier "bar"', 80)).toEqual([
    'parse error: unexpected identifier "bar"',
    '   foo bar',
    '       ^',
  ])
})

test('of a long line the part around the place', () => {
  const query = `${'a + '.repeat(60)}} + ${'b + '.repeat(60)}1`
  const [, line = '', mark = ''] = markPosition(query, '1:241: parse error: unexpected "}"', 80)
  expect(line.length).toBeLessThanOrEqual(80)
  expect(line[mark.indexOf('^')]).toBe('}')
  expect(line).toMatch(/^ {2}….*…$/)
})

test('a place at or beyond the end is marked at the end', () => {
  expect(markPosition('sum(', '1:99: parse error: unexpected end of input', 80).at(-1)).toBe('      ^')
})

test.each([
  'query processing would load too many samples into memory in query execution',
  '7:1: parse error: of another query',
])('without a place the message stands alone: %s', (message) => {
  expect(markPosition('up', message, 80)).toEqual([message])
})
