import { afterEach, describe, expect, test } from 'vitest'
import { HttpDiscovery, readTargets } from './http-discovery.ts'
import { startTestTarget, type TestTarget, until } from './test-target.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function startList(body: unknown): Promise<TestTarget> {
  const server = await startTestTarget(typeof body === 'string' ? body : JSON.stringify(body))
  server.contentType = 'application/json'
  cleanups.push(server.close)
  return server
}

function discover(url: string, token?: string) {
  const failures: string[] = []
  let changes = 0
  const discovery = new HttpDiscovery({
    url,
    token,
    intervalMs: 10,
    onChange: () => {
      changes++
    },
    onFailure: (message) => failures.push(message),
  })
  cleanups.push(() => discovery.stop())
  discovery.start()
  return { discovery, failures, changes: () => changes, urls: () => discovery.targets().map(({ url: found }) => found) }
}

const orders = { targets: ['127.0.0.1:1'], labels: { instance: 'orders-1', job: 'orders' } }

describe('the list', () => {
  test('follows its source, and says each change once', async () => {
    const source = await startList([orders])
    const { urls, changes } = discover(source.url)
    await until(() => urls().length === 1, 'the first target')
    const asked = source.requests
    await until(() => source.requests > asked + 3, 'more requests')
    expect(changes()).toBe(1)
    source.body = JSON.stringify([orders, { targets: ['127.0.0.1:2'] }])
    await until(() => urls().length === 2, 'the second target')
    source.body = '[]'
    await until(() => urls().length === 0, 'no target')
    expect(changes()).toBe(3)
  })

  test('stands while its source fails, which is said once each time', async () => {
    const source = await startList([orders])
    const { urls, failures } = discover(source.url)
    await until(() => urls().length === 1, 'the first target')
    source.body = '{"targets": 7}'
    await until(() => failures.length === 1, 'a failure')
    const asked = source.requests
    await until(() => source.requests > asked + 3, 'more failures')
    expect(urls()).toEqual(['http://127.0.0.1:1/metrics'])
    expect(failures).toHaveLength(1)
    source.body = '[]'
    await until(() => urls().length === 0, 'a recovery')
    source.handle = (_req, res) => res.writeHead(401).end()
    await until(() => failures.length === 2, 'a second failure')
    expect(failures[1]).toBe(`no targets from ${source.url}: server returned HTTP status 401`)
  })

  test('is asked for with the token, and never longer than the limit', async () => {
    const source = await startList([orders])
    const seen: (string | undefined)[] = []
    source.handle = (req, res) => {
      seen.push(req.headers.authorization)
      res.end(Buffer.alloc(2 * 1024 * 1024, ' '))
    }
    const { failures } = discover(source.url, 'secret')
    await until(() => failures.length === 1, 'a failure')
    expect(seen[0]).toBe('Bearer secret')
    expect(failures[0]).toContain('larger than')
    expect(failures[0]).not.toContain('secret')
  })
})

test('targets as Prometheus makes them of the groups', () => {
  const groups = [
    { targets: ['a:1', 'b:2'], labels: { job: 'shop', __meta_zone: 'x', empty: '' } },
    { targets: ['c:3'], labels: { __scheme__: 'https', __metrics_path__: '/m', instance: 'c' } },
    { targets: ['d:4'], labels: null },
    { targets: [] },
  ]
  expect(readTargets(JSON.stringify(groups))).toEqual([
    { url: 'http://a:1/metrics', labels: { instance: 'a:1', job: 'shop' } },
    { url: 'http://b:2/metrics', labels: { instance: 'b:2', job: 'shop' } },
    { url: 'https://c:3/m', labels: { instance: 'c' } },
    { url: 'http://d:4/metrics', labels: { instance: 'd:4' } },
  ])
})

test.each([
  '',
  '{}',
  '[{"targets": [""]}]',
  '[{"targets": ["a"], "labels": {"a-b": "c"}}]',
  '[{"targets": ["a"], "labels": {"a": 1}}]',
])('a list like %j is refused', (text) => {
  expect(() => readTargets(text)).toThrow()
})
