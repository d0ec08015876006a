import { expect, test } from 'vitest'
import { keepWayBack, wayBack, withWayBack } from './way-back.ts'

const paramsOf = (path: string) => new URL(path, 'http://localhost').searchParams

test.each([
  ['/traces/a', 'service=orders&tags=a%3Db+c%3D%22d+e%22'],
  ['/traces/a?span=b', 'service=orders&why=slowest'],
  ['/traces/compare/a/b', 'service=or%26ders'],
])('from %s the way leads back to %s, from the next trace, too', (path, search) => {
  const there = withWayBack(path, search)
  expect(there.startsWith(path)).toBe(true)
  expect(wayBack(paramsOf(there))).toBe(`/traces?${search}`)
  expect(wayBack(paramsOf(keepWayBack('/traces/next?span=c', paramsOf(there))))).toBe(`/traces?${search}`)
})

test.each(['', null])('without a search (%o) there is none', (search) => {
  expect(withWayBack('/traces/a', search)).toBe('/traces/a')
  expect(wayBack(new URLSearchParams())).toBe('/traces')
})

test.each(['//evil.example', 'javascript:alert(1)', '#x', '/../storefront'])(
  '%s leads to the search all the same',
  (text) => {
    const url = new URL(wayBack(new URLSearchParams({ back: text })), 'http://localhost')
    expect([url.origin, url.pathname, url.hash]).toEqual(['http://localhost', '/traces', ''])
  },
)
