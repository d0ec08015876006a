import { expect, test } from 'vitest'
import {
  parseTags,
  readDuration,
  readSearch,
  searchFaults,
  searchPath,
  writeDuration,
  writeSearch,
} from './trace-search.ts'

test.each<[string, Record<string, string> | undefined]>([
  ['', {}],
  ['error=true', { error: 'true' }],
  ['  a=1   b.c=x/y ', { a: '1', 'b.c': 'x/y' }],
  ['a="two words" b=2', { a: 'two words', b: '2' }],
  ['"a=two words"', { a: 'two words' }],
  ['a=', { a: '' }],
  ['a=b=c', { a: 'b=c' }],
  ['word', undefined],
  ['a=1 word', undefined],
  ['=1', undefined],
  ['a="open', undefined],
])('the tags of %o are %o', (text, tags) => {
  expect(parseTags(text)).toEqual(tags)
})

test('an address and a search are the same thing', () => {
  const text = 'service=orders&operation=POST+%2Forders&tags=error%3Dtrue&minDuration=100ms&limit=20'
  const search = readSearch(new URLSearchParams(text))
  expect(search).toMatchObject({ service: 'orders', operation: 'POST /orders', limit: 20, maxDuration: '' })
  expect(writeSearch(new URLSearchParams('from=now-1h&maxDuration=1s'), search).toString()).toBe(
    'from=now-1h&service=orders&operation=POST+%2Forders&tags=error%3Dtrue&minDuration=100ms&limit=20',
  )
})

test.each(['0', '-1', '1.5', '99999', 'x'])('a limit of %s is the standard one', (limit) => {
  expect(readSearch(new URLSearchParams({ limit })).limit).toBe(200)
})

test.each([
  ['100ms', true],
  ['1.5s', true],
  ['1m30s', true],
  ['250µs', true],
  ['', true],
  ['100', false],
  ['fast', false],
  ['-1s', false],
])('a duration of %o is fine: %s', (minDuration, fine) => {
  expect(searchFaults({ ...readSearch(new URLSearchParams()), minDuration }).minDuration === undefined).toBe(fine)
})

test('Jaeger is asked in µs, with tags as JSON', () => {
  const search = readSearch(new URLSearchParams('service=a&tags=error%3Dtrue&minDuration=1s'))
  const url = new URL(searchPath(search, { startMs: 1_000.5, endMs: 2_000 }), 'http://x')
  expect(url.pathname).toBe('/jaeger/api/traces')
  expect(Object.fromEntries(url.searchParams)).toEqual({
    service: 'a',
    limit: '200',
    start: '1000500',
    end: '2000000',
    tags: '{"error":"true"}',
    minDuration: '1s',
  })
})

test.each([
  ['250us', 250],
  ['12.345ms', 12_345],
  ['1.5s', 1_500_000],
  ['90s', 90_000_000],
])('%s is %d µs, and is written so', (text, micros) => {
  expect(readDuration(text)).toBe(micros)
  expect(writeDuration(micros)).toBe(text)
})

test.each([
  ['1h2m3s', 3_723_000_000],
  ['7µs500ns', 7.5],
  ['fast', undefined],
  ['5', undefined],
  ['-1s', undefined],
  ['', undefined],
])('the duration %o is %o µs', (text, micros) => {
  expect(readDuration(text)).toBe(micros)
})
