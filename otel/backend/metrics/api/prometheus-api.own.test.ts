// Answers that the installed Prometheus does not give to the same question: about targets, exemplars, itself and limits.
import { afterEach, expect, test } from 'vitest'
import { labelsFrom } from '../../promql/labels.ts'
import type { PrometheusApiDeps } from './prometheus-api.ts'
import { type ApiUnderTest, ask, startApi } from './testing/api-under-test.ts'

let api: ApiUnderTest | undefined

afterEach(async () => {
  await api?.stop()
  api = undefined
})

async function start(deps: Partial<PrometheusApiDeps> = {}, samples = '# EOF\n'): Promise<ApiUnderTest> {
  api = await startApi(samples, deps)
  return api
}

/** Status and parsed body. */
async function get(request: string): Promise<{ status: number; json: unknown }> {
  if (!api) throw new Error('not started')
  const { status, body } = await ask(api.url, `GET /api/v1${request}`)
  return { status, json: JSON.parse(body) }
}

test('exemplars of the selectors of any expression', async () => {
  const { store } = await start(
    {},
    'h_bucket{le="1"} 1 1700000000\nh_bucket{le="2"} 1 1700000000\nother 1 1700000000\n# EOF\n',
  )
  for (const series of store.select([], 0, Number.MAX_SAFE_INTEGER)) {
    const labels = labelsFrom({ trace_id: `of ${series.labels.pairs.at(-1)?.[1]}` })
    if (!series.labels.key.includes('"2"'))
      store.addExemplar(series, { labels, value: 0.9, timestampMs: 1_700_000_000_500 })
  }
  const query = encodeURIComponent('histogram_quantile(0.9, sum by (le) (rate(h_bucket{le="1"}[5m])))')
  const { json } = await get(`/query_exemplars?query=${query}&start=1700000000&end=1700000001`)
  expect(json).toEqual({
    status: 'success',
    data: [
      {
        seriesLabels: { __name__: 'h_bucket', le: '1' },
        exemplars: [{ labels: { trace_id: 'of 1' }, value: '0.9', timestamp: 1_700_000_000.5 }],
      },
    ],
  })
  expect(await get(`/query_exemplars?query=${query}&start=1700000001&end=1700000002`)).toMatchObject({
    json: { data: [] },
  })
  expect(await get('/query_exemplars?query=1%2B1')).toEqual({ status: 200, json: { status: 'success', data: [] } })
})

test('targets', async () => {
  await start({
    targets: () => [
      {
        target: { url: 'http://127.0.0.1:18001/metrics', labels: { job: 'faultline', instance: 'orders-1' } },
        health: 'down',
        lastError: 'server returned HTTP status 500',
        lastScrapeMs: 1_700_000_000_120,
        lastDurationSeconds: 0.005,
      },
    ],
  })
  expect(await get('/targets?state=active')).toEqual({
    status: 200,
    json: {
      status: 'success',
      data: {
        activeTargets: [
          {
            discoveredLabels: {
              __address__: '127.0.0.1:18001',
              __metrics_path__: '/metrics',
              __scheme__: 'http',
              instance: 'orders-1',
              job: 'faultline',
            },
            labels: { instance: 'orders-1', job: 'faultline' },
            scrapePool: 'faultline',
            scrapeUrl: 'http://127.0.0.1:18001/metrics',
            globalUrl: 'http://127.0.0.1:18001/metrics',
            lastError: 'server returned HTTP status 500',
            lastScrape: '2023-11-14T22:13:20.12Z',
            lastScrapeDuration: 0.005,
            health: 'down',
            scrapeInterval: '1s',
            scrapeTimeout: '1s',
          },
        ],
        droppedTargets: [],
        droppedTargetCounts: {},
      },
    },
  })
  expect(await get('/targets?state=dropped')).toMatchObject({ json: { data: { activeTargets: [] } } })
})

test('metadata, with its limits', async () => {
  const family = (help: string) => ({ type: 'gauge' as const, help, unit: '' })
  await start({
    metadata: () =>
      new Map([
        ['a', [family('1'), family('2')]],
        ['b', [family('3')]],
      ]),
  })
  expect(await get('/metadata')).toEqual({
    status: 200,
    json: { status: 'success', data: { a: [family('1'), family('2')], b: [family('3')] } },
  })
  expect(await get('/metadata?metric=b')).toMatchObject({ json: { data: { b: [family('3')] } } })
  expect(await get('/metadata?limit=1&limit_per_metric=1')).toEqual({
    status: 200,
    json: { status: 'success', data: { a: [family('1')] } },
  })
})

test('limits of names, values and series are kept, and said', async () => {
  await start({}, 'a{x="1"} 1 1\na{x="2"} 1 1\na{x="3"} 1 1\n# EOF\n')
  const warnings = ['results truncated due to limit']
  expect(await get('/labels?limit=1')).toEqual({
    status: 200,
    json: { status: 'success', data: ['__name__'], warnings },
  })
  expect(await get('/label/x/values?limit=2')).toEqual({
    status: 200,
    json: { status: 'success', data: ['1', '2'], warnings },
  })
  expect((await get('/label/x/values?limit=3')).json).toEqual({ status: 'success', data: ['1', '2', '3'] })
  expect((await get('/series?match[]=a&limit=1')).json).toEqual({
    status: 'success',
    data: [{ __name__: 'a', x: '1' }],
    warnings,
  })
  expect(await get('/series?match[]=a&limit=x')).toMatchObject({ status: 400 })
})

test('notes of a query: warnings and infos stand beside the data', async () => {
  await start({}, 'a 1 1\na 2 2\n# EOF\n')
  expect((await get('/query?query=rate(a[1m])&time=2')).json).toMatchObject({
    infos: [expect.stringContaining('metric might not be a counter')],
  })
  expect((await get('/query?query=quantile(2,a)&time=2')).json).toMatchObject({
    warnings: [expect.stringContaining('quantile')],
  })
})

test('a query over its time is a timeout', async () => {
  await start()
  expect(await get('/query?query=1&timeout=-1')).toEqual({
    status: 503,
    json: { status: 'error', errorType: 'timeout', error: 'query timed out in query queue' },
  })
})

test('a large answer arrives whole', async () => {
  const lines = Array.from({ length: 300 }, (_, i) => `m{i="${i}",text="${'é'.repeat(50)}"} ${i} 1`)
  await start({}, `${lines.join('\n')}\n# EOF\n`)
  const { json } = await get('/query_range?query=m&start=1&end=250&step=1')
  const { result } = (json as { data: { result: { values: [number, string][] }[] } }).data
  expect(result).toHaveLength(300)
  expect(result.every(({ values }) => values.length === 250 && values[249]?.[0] === 250)).toBe(true)
})

test('who we are: no features, or Grafana would take us for another', async () => {
  await start()
  const { json } = await get('/status/buildinfo')
  expect(json).toMatchObject({ data: { version: '3.0.0', revision: 'faultline-0.1.0' } })
  expect((json as { data: object }).data).not.toHaveProperty('features')
  expect(await get('/status/flags')).toMatchObject({ json: { data: { 'storage.retention': '2h' } } })
  expect(await get('/status/config')).toMatchObject({ json: { data: { yaml: '# storage.retention: 2h\n' } } })
  expect(await get('/status/runtimeinfo')).toMatchObject({
    json: { data: { storageRetention: '2h', startTime: '2023-11-14T22:13:20Z' } },
  })
})

test('statistics of the store', async () => {
  await start({}, 'a{x="1"} 1 1\na{x="22"} 1 2\nb{x="1"} 1 3\n# EOF\n')
  expect((await get('/status/tsdb?limit=2')).json).toEqual({
    status: 'success',
    data: {
      headStats: { numSeries: 3, numLabelPairs: 4, chunkCount: 0, minTime: 1000, maxTime: 3000 },
      seriesCountByMetricName: [
        { name: 'a', value: 2 },
        { name: 'b', value: 1 },
      ],
      labelValueCountByLabelName: [
        { name: '__name__', value: 2 },
        { name: 'x', value: 2 },
      ],
      memoryInBytesByLabelName: [
        { name: 'x', value: 3 },
        { name: '__name__', value: 2 },
      ],
      seriesCountByLabelValuePair: [
        { name: '__name__=a', value: 2 },
        { name: 'x=1', value: 2 },
      ],
    },
  })
})

test('a fault of our own is told to us, and not to the client', async () => {
  const { faults } = await start({
    ruleGroups: () => {
      throw new Error('a secret')
    },
  })
  expect(await get('/rules')).toEqual({
    status: 500,
    json: { status: 'error', errorType: 'internal', error: 'internal error' },
  })
  expect(faults).toHaveLength(1)
})

test('forms that are too large and wrong methods are refused', async () => {
  const { url } = await start()
  const { status, body } = await ask(url, `POST /api/v1/query query=${'1'.repeat(600_000)}`)
  expect(status).toBe(400)
  expect(JSON.parse(body)).toMatchObject({ errorType: 'bad_data', error: expect.stringContaining('too large') })
  expect((await ask(url, 'PUT /api/v1/query')).status).toBe(405)
  expect((await ask(url, 'DELETE /api/v1/series')).status).toBe(405)
})
