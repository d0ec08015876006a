import { TraceFlags } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { scrapeText } from '../../../test/scrape.ts'
import { createMetrics } from './create-metrics.ts'
import { contentTypes } from './exposition.ts'
import { noMetrics } from './instruments.ts'

const openMetrics = 'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
const sampled = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED }

/** Lines of one metric, comments left out. */
async function linesOf(metrics: ReturnType<typeof createMetrics>, name: string, accept?: string): Promise<string[]> {
  return scrapeText(metrics, accept)
    .split('\n')
    .filter((line) => line.startsWith(name))
}

test('a histogram carries the trace of an example in OpenMetrics, and none in the older format', async () => {
  const metrics = createMetrics()
  const histogram = metrics.histogram({ name: 'wait_seconds', help: 'Waiting', labels: ['route'], buckets: [0.1, 1] })
  histogram.record(0.05, { route: '/a' }, sampled)
  histogram.record(0.5, { route: '/a' }, { ...sampled, traceFlags: TraceFlags.NONE })
  histogram.record(5, { route: undefined })
  const lines = await linesOf(metrics, 'wait_seconds', openMetrics)
  expect(lines[0]).toMatch(
    /^wait_seconds_bucket\{le="0.1",route="\/a"\} 1 # \{trace_id="a{32}",span_id="b{16}"\} 0.05 \d+\.\d+$/,
  )
  const classic = await linesOf(metrics, 'wait_seconds')
  expect(classic).toEqual([
    'wait_seconds_bucket{le="0.1",route="/a"} 1',
    'wait_seconds_bucket{le="1",route="/a"} 2',
    'wait_seconds_bucket{le="+Inf",route="/a"} 2',
    'wait_seconds_sum{route="/a"} 0.55',
    'wait_seconds_count{route="/a"} 2',
    'wait_seconds_bucket{le="0.1"} 0',
    'wait_seconds_bucket{le="1"} 0',
    'wait_seconds_bucket{le="+Inf"} 1',
    'wait_seconds_sum 5',
    'wait_seconds_count 1',
  ])
  expect(lines.map((line) => line.split(' # ')[0])).toEqual(classic)
})

test('an exemplar is replaced by the next one of its bucket', async () => {
  const metrics = createMetrics()
  const histogram = metrics.histogram({ name: 'wait_seconds', help: 'Waiting', buckets: [1] })
  const traceOf = () => /le="1"\} \d+ # \{trace_id="(\w+)"/.exec(scrapeText(metrics, openMetrics))?.[1]
  expect(traceOf()).toBeUndefined()
  for (const traceId of ['1'.repeat(32), '2'.repeat(32)]) {
    histogram.record(0.5, {}, { ...sampled, traceId })
    expect(traceOf()).toBe(traceId)
    expect(traceOf()).toBe(traceId)
  }
})

test('both formats have the same counters under the same names, whichever was asked for first', async () => {
  const metrics = createMetrics()
  metrics.counter({ name: 'orders_total', help: 'Orders' }).add({}, 3)
  for (const accept of [undefined, openMetrics, 'text/plain', openMetrics]) {
    const scrape = metrics.scrape(accept)
    expect(scrape?.contentType).toBe(accept === openMetrics ? contentTypes.openmetrics : contentTypes.text)
    const text = [...(scrape?.chunks ?? [])].join('')
    expect(text).toContain('\norders_total 3\n')
    const name = accept === openMetrics ? 'orders' : 'orders_total'
    expect(text).toContain(`# HELP ${name} Orders\n# TYPE ${name} counter\n`)
    expect(text.endsWith('# EOF\n')).toBe(accept === openMetrics)
  }
})

test('label sets beyond the limit are counted together, and the overflow is told', async () => {
  const metrics = createMetrics()
  const counter = metrics.counter({ name: 'asked_total', help: 'Asked', labels: ['path', 'method'], maxLabelSets: 3 })
  for (let id = 0; id < 1_000; id++) counter.add({ path: `/users/${id}`, method: 'GET' })
  counter.add({ path: '/users/0', method: 'GET' })
  expect(await linesOf(metrics, 'asked_total')).toEqual([
    'asked_total{path="/users/0",method="GET"} 2',
    'asked_total{path="/users/1",method="GET"} 1',
    'asked_total{path="/users/2",method="GET"} 1',
    'asked_total{path="other",method="other"} 997',
  ])
  expect(await linesOf(metrics, 'faultline_metrics_overflow_total{')).toEqual([
    'faultline_metrics_overflow_total{metric="asked_total"} 997',
  ])
})

test('values are read at each scrape: those of equal labels add up, and what is not read any more is gone', async () => {
  const metrics = createMetrics()
  let pools: [string, number][] = [
    ['a', 1],
    ['b', 2],
  ]
  const options = { name: 'connections', help: 'Connections', labels: ['pool'] } as const
  metrics.observeGauge(options, () => pools.map(([pool, value]) => [{ pool }, value] as const))
  metrics.observeGauge(options, () => [[{ pool: 'a' }, 10]])
  expect(await linesOf(metrics, 'connections')).toEqual(['connections{pool="a"} 11', 'connections{pool="b"} 2'])
  pools = []
  expect(await linesOf(metrics, 'connections')).toEqual(['connections{pool="a"} 10'])

  let seconds: number | undefined = 4
  metrics.observeCounter({ name: 'busy_seconds_total', help: 'Busy' }, () => seconds)
  expect(await linesOf(metrics, 'busy_seconds_total')).toEqual(['busy_seconds_total 4'])
  seconds = undefined
  expect(await linesOf(metrics, 'busy_seconds_total')).toEqual([])
})

test('a reading that fails is missing, counted, and harms no other', async () => {
  const metrics = createMetrics()
  metrics.observeGauge({ name: 'bad', help: 'Fails' }, () => {
    throw new Error('no')
  })
  metrics.observeGauge({ name: 'good', help: 'Works' }, () => 1)
  expect(await linesOf(metrics, 'bad')).toEqual([])
  expect(await linesOf(metrics, 'good')).toEqual(['good 1'])
  // As of the two scrapes before and of this one.
  expect(await linesOf(metrics, 'faultline_metrics_read_failures_total{')).toEqual([
    'faultline_metrics_read_failures_total{metric="bad"} 3',
  ])
})

test('the same name is the same instrument; with other labels or of another kind it is a mistake', async () => {
  const metrics = createMetrics()
  const ask = () => metrics.counter({ name: 'calls_total', help: 'Calls', labels: ['callee'] })
  ask().add({ callee: 'orders' })
  ask().add({ callee: 'orders' })
  expect(await linesOf(metrics, 'calls_total')).toEqual(['calls_total{callee="orders"} 2'])
  expect(() => metrics.counter({ name: 'calls_total', help: 'Calls', labels: ['other'] })).toThrow('calls_total')
  expect(() => metrics.histogram({ name: 'calls_total', help: 'Calls', labels: ['callee'] })).toThrow('calls_total')
})

test('without metrics everything may be called and nothing is there to scrape', async () => {
  noMetrics.counter({ name: 'a_total', help: 'A', labels: ['x'] }).add({ x: '1' })
  noMetrics.histogram({ name: 'b_seconds', help: 'B' }).record(1, {})
  expect(noMetrics.scrape(undefined)).toBeUndefined()
})
