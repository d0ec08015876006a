import { expect, test } from 'vitest'
import { hasTimeAt, standardRefreshMs, viewAt, views } from './views.ts'

test.each([
  ['/traces', true],
  ['/traces/0af7651916cd43dd8448eb211c80319c', false],
  ['/traces/compare/a/b', false],
  ['/dashboards/faultline-shop', true],
  ['/query', true],
  ['/map', false],
  ['/nowhere', false],
])('%s has the shared time: %s', (path, has) => {
  expect(hasTimeAt(path)).toBe(has)
})

test.each([
  ['/traces', 0],
  ['/query', 0],
  ['/alerts', 5_000],
  ['/dashboards/faultline-shop', 5_000],
])('%s is refreshed every %d ms', (path, ms) => {
  expect(standardRefreshMs(path)).toBe(ms)
})

test('every view is found where the navigation leads, by a key of its own', () => {
  expect(views.map(({ link }) => viewAt(link)?.id)).toEqual(views.map(({ id }) => id))
  expect(new Set(views.map(({ key }) => key)).size).toBe(views.length)
})
