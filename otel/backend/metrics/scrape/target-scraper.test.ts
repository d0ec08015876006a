import { Agent } from 'undici'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Tsdb } from '../tsdb/tsdb.ts'
import { TargetScraper } from './target-scraper.ts'
import { DEFAULT_TARGET_LIMITS, TargetSeries } from './target-series.ts'
import { samplesOf, startTestTarget, type TestTarget, valuesOf } from './test-target.ts'

const BASE = 1_700_000_000_000

let server: TestTarget
let dispatcher: Agent
let store: Tsdb
let scraper: TargetScraper
let clockMs: number

beforeEach(async () => {
  server = await startTestTarget()
  dispatcher = new Agent({ connections: 1 })
  store = new Tsdb({ maxSeries: 100 })
  clockMs = BASE
  scraper = newScraper()
})

afterEach(async () => {
  await dispatcher.destroy()
  await server.close()
})

function newScraper(
  labels: Record<string, string> = { job: 'shop', instance: 'orders-1' },
  timeoutMs = 5000,
  maxSeries = 1000,
) {
  const target = { url: server.url, labels }
  const series = new TargetSeries(store, target, { ...DEFAULT_TARGET_LIMITS, maxSeries })
  const limits = { timeoutMs, maxBodyBytes: 10_000, maxSamples: 100 }
  return new TargetScraper(target, 0, { store, dispatcher, now: () => clockMs, intervalMs: 1000, limits }, series)
}

async function scrape(body?: string) {
  if (body !== undefined) server.body = body
  clockMs += 1000
  await scraper.scrape(clockMs)
}

test('samples get the labels of the target and the time of the scrape; the scrape is measured', async () => {
  await scrape('a{b="c"} 1\na{b="d"} 2\n')
  await scrape('a{b="c"} 3\na{b="d"} 4\na{b="e"} 5\n')
  expect(samplesOf(store, 'a')['{"b":"c","instance":"orders-1","job":"shop"}']).toEqual([
    { timestampMs: BASE + 1000, value: 1, stale: false },
    { timestampMs: BASE + 2000, value: 3, stale: false },
  ])
  expect(Object.keys(samplesOf(store, 'up'))).toEqual(['{"instance":"orders-1","job":"shop"}'])
  expect(valuesOf(store, 'up')).toEqual([1, 1])
  expect(valuesOf(store, 'scrape_samples_scraped')).toEqual([2, 3])
  expect(valuesOf(store, 'scrape_samples_post_metric_relabeling')).toEqual([2, 3])
  expect(valuesOf(store, 'scrape_series_added')).toEqual([2, 1])
  expect(valuesOf(store, 'scrape_duration_seconds').every((value) => value !== 'stale' && value > 0)).toBe(true)
  expect(scraper.health).toMatchObject({ health: 'up', lastError: '', lastScrapeMs: BASE + 2000 })
})

test('a label that the target has, too, is kept under another name', async () => {
  scraper = newScraper({ job: 'shop', instance: 'orders-1', exported_job: 'x' })
  await scrape('a{job="mine",instance="",region="eu"} 1\n')
  expect(Object.keys(samplesOf(store, 'a'))).toEqual([
    '{"exported_exported_job":"mine","exported_job":"x","instance":"orders-1","job":"shop","region":"eu"}',
  ])
})

test('a series that vanishes goes stale at once, and may come back', async () => {
  await scrape('a 1\nb 1\n')
  await scrape('b 2\n')
  await scrape('a 3\nb 3\n')
  expect(valuesOf(store, 'a')).toEqual([1, 'stale', 3])
  expect(valuesOf(store, 'b')).toEqual([1, 2, 3])
})

describe('a failed scrape ends all series at once, and nothing of it is stored', () => {
  const failures: [string, () => void, RegExp][] = [
    [
      'status',
      () => (server.handle = (_req, res) => res.writeHead(500).end('a 9')),
      /^server returned HTTP status 500$/,
    ],
    ['fault', () => (server.body = 'a 9\na b c\n'), /^line 2: expected a value at "b c"$/],
    ['end missing', () => (server.contentType = 'application/openmetrics-text'), /does not end with # EOF/],
    [
      'too large',
      () => (server.body = `# ${'x'.repeat(20_000)}\na 9\n`),
      /^the exposition is larger than 10000 bytes$/,
    ],
    [
      'not UTF-8',
      () => (server.handle = (_req, res) => res.end(Buffer.from('a{b="\xff"} 9\n', 'latin1'))),
      /not valid UTF-8/,
    ],
    [
      'connection cut',
      () => (server.handle = (_req, res) => res.destroy()),
      /other side closed|socket hang up|ECONNRESET/,
    ],
    [
      'cut in the middle',
      () =>
        (server.handle = (_req, res) => {
          res.setHeader('content-length', '100')
          res.write('a 9\n', () => res.destroy())
        }),
      /closed|aborted|terminated/,
    ],
  ]
  test.each(failures)('%s', async (_name, fail, message) => {
    await scrape('a 1\n')
    fail()
    await scrape()
    expect(scraper.health.health).toBe('down')
    expect(scraper.health.lastError).toMatch(message)
    server.handle = undefined
    server.contentType = 'text/plain'
    await scrape('a 3\n')
    expect(valuesOf(store, 'a')).toEqual([1, 'stale', 3])
    expect(valuesOf(store, 'up')).toEqual([1, 0, 1])
    expect(valuesOf(store, 'scrape_samples_scraped')).toEqual([1, 0, 1])
  })

  test('a target that does not answer', async () => {
    scraper = newScraper(undefined, 50)
    server.handle = () => {}
    await scrape()
    expect(scraper.health.lastError).toBe('no complete answer within 50 ms')
    expect(valuesOf(store, 'up')).toEqual([0])
  })

  test('a target that does not finish', async () => {
    scraper = newScraper(undefined, 50)
    server.handle = (_req, res) => res.write('a 1\n')
    await scrape()
    expect(scraper.health.lastError).toBe('no complete answer within 50 ms')
    expect(valuesOf(store, 'a')).toEqual([])
  })
})

test('OpenMetrics is asked for, and its exemplars are kept with the time of the scrape when they have none', async () => {
  let accept = ''
  server.handle = (req, res) => {
    accept = String(req.headers.accept)
    res.setHeader('content-type', 'application/openmetrics-text; version=1.0.0')
    res.end('a_total 1 # {trace_id="x"} 1\n# EOF\n')
  }
  await scrape()
  expect(accept).toMatch(/^application\/openmetrics-text;version=1\.0\.0;q=0\.6,text\/plain;version=0\.0\.4/)
  const [series] = store.select([], 0, Number.MAX_SAFE_INTEGER).filter(({ labels }) => labels.key.includes('a_total'))
  expect(store.exemplars.read(series!, 0, Number.MAX_SAFE_INTEGER)).toMatchObject([
    { value: 1, timestampMs: BASE + 1000 },
  ])
})

test('samples with a time of their own keep it, do not go stale, and are refused from the future', async () => {
  await scrape(`a 1 ${BASE}\nb 1 ${BASE + 3_600_000}\n`)
  await scrape('')
  expect(samplesOf(store, 'a')).toMatchObject({
    '{"instance":"orders-1","job":"shop"}': [{ timestampMs: BASE, value: 1 }],
  })
  expect(valuesOf(store, 'b')).toEqual([])
})

const flood = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `m{i="${from + i}"} 1\n`).join('')

test('past the limit of series the others go on, and what is said of the scrape finds room', async () => {
  await scrape(`a 1\n${flood(130)}`)
  expect(store.seriesCount).toBe(95)
  expect(store.refused.byName()).toEqual([{ name: 'm', count: 41 }])
  expect(valuesOf(store, 'a')).toEqual([1])
  expect(valuesOf(store, 'up')).toEqual([1])
})

test('a target whose labels never repeat fills its own share only, until the old ones have gone', async () => {
  scraper = newScraper(undefined, 5000, 30)
  for (let n = 0; n < 5; n++) await scrape(`a 1\n${flood(10, n * 10)}`)
  expect(store.seriesCount).toBe(35)
  expect(store.refused.byName()).toEqual([{ name: 'm', count: 21 }])
  store.maintain(clockMs + store.options.maxAgeMs)
  await scrape('a 1\nnext 1\n')
  expect(valuesOf(store, 'next')).toEqual([1])
})

test('the end of a target ends the series about the scrape, too', async () => {
  await scrape('a 1\n')
  await scraper.stop()
  for (const name of ['a', 'up', 'scrape_series_added']) expect(valuesOf(store, name).at(-1)).toBe('stale')
})
