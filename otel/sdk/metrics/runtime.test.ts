// What a process tells of itself: that each figure is there and means what it says.
import { beforeAll, expect, test } from 'vitest'
import { scrapeText } from '../../../test/scrape.ts'
import { until } from '../../../test/until.ts'
import { createMetrics } from './create-metrics.ts'
import { measureEventLoop } from './event-loop.ts'
import { measureHeap } from './heap.ts'
import { measureProcess } from './process.ts'

const metrics = createMetrics()
beforeAll(() => {
  measureEventLoop(metrics)
  measureHeap(metrics)
  measureProcess(metrics)
})

/** The value of a series, by its name and labels as they are written. */
async function readSeries(series: string): Promise<number> {
  const line = scrapeText(metrics)
    .split('\n')
    .find((each) => each.startsWith(`${series} `))
  return line === undefined ? Number.NaN : Number(line.split(' ')[1])
}

function block(ms: number): void {
  const endMs = performance.now() + ms
  while (performance.now() < endMs);
}

test('a blocked event loop shows as delay and as time that it was active', async () => {
  const activeBefore = await readSeries('nodejs_eventloop_time_seconds_total{nodejs_eventloop_state="active"}')
  block(400)
  await until('a long delay', async () => (await readSeries('nodejs_eventloop_delay_max_seconds')) > 0.25)
  const active = await readSeries('nodejs_eventloop_time_seconds_total{nodejs_eventloop_state="active"}')
  expect(active - activeBefore).toBeGreaterThan(0.35)
  await until('utilization', async () => (await readSeries('nodejs_eventloop_utilization_ratio')) > 0)
  await until('quiet', async () => (await readSeries('nodejs_eventloop_delay_max_seconds')) < 0.25)
  const [middle, worst] = [
    await readSeries('nodejs_eventloop_delay_p50_seconds'),
    await readSeries('nodejs_eventloop_delay_p99_seconds'),
  ]
  expect(middle).toBeLessThanOrEqual(worst)
})

test('a burst of garbage shows as collections', async () => {
  await until('a minor collection', async () => {
    for (let round = 0; round < 100; round++) Array.from({ length: 10_000 }, (_, index) => ({ index }))
    return (await readSeries('v8js_gc_duration_seconds_count{v8js_gc_type="minor"}')) > 0
  })
  const used = await readSeries('v8js_memory_heap_used_bytes')
  expect(used).toBeGreaterThan(1e6)
  expect(await readSeries('v8js_memory_heap_limit_bytes')).toBeGreaterThan(used)
})

test('CPU time, memory, start and descriptors are those of this process', async () => {
  const { user, system } = process.cpuUsage()
  expect(await readSeries('process_cpu_seconds_total')).toBeGreaterThanOrEqual((user + system) / 1e6)
  expect(await readSeries('process_resident_memory_bytes')).toBeGreaterThan(1e7)
  expect(
    Math.abs((await readSeries('process_start_time_seconds')) - (Date.now() / 1_000 - process.uptime())),
  ).toBeLessThan(5)
  if (process.platform !== 'linux') return
  const open = await readSeries('process_open_fds')
  expect(open).toBeGreaterThan(2)
  expect(await readSeries('process_max_fds')).toBeGreaterThan(open)
})
