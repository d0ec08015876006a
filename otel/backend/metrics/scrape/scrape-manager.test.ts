import { afterEach, expect, test } from 'vitest'
import { nextOnGrid, offsetOf } from '../time-grid.ts'
import { Tsdb } from '../tsdb/tsdb.ts'
import { ScrapeManager } from './scrape-manager.ts'
import type { Target } from './target.ts'
import { alignedTime } from './target-scraper.ts'
import { samplesOf, startTestTarget, type TestTarget, until, valuesOf } from './test-target.ts'

const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function newServer(body: string): Promise<TestTarget> {
  const server = await startTestTarget(body)
  cleanups.push(server.close)
  return server
}

function startManager(store: Tsdb, targets: () => readonly Target[], intervalMs = 50): ScrapeManager {
  const manager = new ScrapeManager({ store, targets, options: { intervalMs } })
  cleanups.push(() => manager.stop())
  manager.start()
  return manager
}

const labels = (instance: string) => ({ instance, job: 'shop' })
const values = (store: Tsdb, name: string, instance: string) =>
  (samplesOf(store, name)[JSON.stringify(labels(instance))] ?? []).map(({ value, stale }) => (stale ? 'stale' : value))

test('targets are scraped again and again; slow, broken and impossible ones harm no other', async () => {
  const good = await newServer('a 1\n')
  const slow = await newServer('')
  slow.handle = () => {}
  const store = new Tsdb()
  const manager = startManager(store, () => [
    { url: good.url, labels: labels('good') },
    { url: slow.url, labels: labels('slow') },
    { url: 'http://127.0.0.1:1/metrics', labels: labels('refused') },
    { url: 'nonsense', labels: labels('nonsense') },
  ])
  await until(() => values(store, 'a', 'good').length >= 5, 'five scrapes of the good target')
  await until(() => values(store, 'up', 'slow').length >= 2, 'two failures of the slow target')
  expect(values(store, 'up', 'slow')).not.toContain(1)
  expect(values(store, 'up', 'refused')).not.toContain(1)
  const states = Object.fromEntries(manager.targets().map((state) => [state.target.labels.instance, state]))
  expect(states.good).toMatchObject({ health: 'up', lastError: '' })
  expect(states.refused).toMatchObject({ health: 'down', lastError: expect.stringContaining('ECONNREFUSED') })
  expect(states.nonsense).toMatchObject({ health: 'down', lastError: expect.stringMatching(/invalid url/i) })
})

test('targets come and go with the provider; a target that goes leaves staleness markers', async () => {
  const server = await newServer('a 1\n')
  const store = new Tsdb()
  let targets: Target[] = [{ url: server.url, labels: labels('one') }]
  startManager(store, () => targets)
  await until(() => values(store, 'a', 'one').length >= 2, 'two scrapes')
  targets = [{ url: server.url, labels: labels('two') }]
  await until(() => values(store, 'a', 'two').length >= 2, 'two scrapes of the other')
  expect(values(store, 'a', 'one').at(-1)).toBe('stale')
  expect(values(store, 'up', 'one').at(-1)).toBe('stale')
  expect(values(store, 'a', 'one')).toHaveLength(values(store, 'up', 'one').length)
})

test('stopping ends all series and sends nothing more', async () => {
  const server = await newServer('a 1\n')
  const store = new Tsdb()
  const manager = startManager(store, () => [{ url: server.url, labels: labels('one') }])
  await until(() => values(store, 'a', 'one').length >= 1, 'a scrape')
  await manager.stop()
  const { requests } = server
  expect(valuesOf(store, 'up').at(-1)).toBe('stale')
  await new Promise((resolve) => setImmediate(resolve))
  expect(server.requests).toBe(requests)
  expect(manager.targets()).toEqual([])
})

test('metadata of all targets, each different answer once', async () => {
  const servers = await Promise.all(
    ['one', 'one', 'other'].map((help) => newServer(`# HELP a ${help}\n# TYPE a gauge\na 1\n`)),
  )
  const store = new Tsdb()
  const manager = startManager(store, () => servers.map(({ url }, i) => ({ url, labels: labels(String(i)) })))
  await until(() => manager.targets().every(({ health }) => health === 'up'), 'all targets up')
  const answers = manager
    .metadata()
    .get('a')
    ?.map(({ type, help }) => `${type} ${help}`)
  expect(answers?.sort()).toEqual(['gauge one', 'gauge other'])
})

test('the grid of scrapes', () => {
  expect(nextOnGrid(10_000, 1000, 0)).toBe(11_000)
  expect(nextOnGrid(10_000, 1000, 300)).toBe(10_300)
  expect(nextOnGrid(10_300, 1000, 300)).toBe(11_300)
  expect(alignedTime(11_020, 11_000, 1000)).toBe(11_000)
  expect(alignedTime(11_021, 11_000, 1000)).toBe(11_021)
  expect(alignedTime(10_999, 11_000, 1000)).toBe(11_000)
  const offsets = Array.from({ length: 200 }, (_, i) => offsetOf(`http://127.0.0.1:${18_000 + i}/metrics`, 1000))
  expect(Math.max(...offsets)).toBeLessThan(1000)
  expect(new Set(offsets.map((offset) => Math.floor(offset / 100))).size).toBe(10)
})
