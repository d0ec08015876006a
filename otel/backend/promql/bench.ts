// What queries cost: the expressions of a dashboard over two hours of samples at one-second scrapes. No thresholds, no printing.

import { isPrometheusInstalled } from '../testing/real-prometheus.ts'
import { createEngine } from './engine.ts'
import { labelsFrom } from './labels.ts'
import type { Storage } from './storage.ts'
import type { DatasetSeries } from './testing/dataset.ts'
import { createMemoryStorage } from './testing/memory-storage.ts'
import { startOracle } from './testing/oracle.ts'
import { createRandom } from './testing/random.ts'

export interface PromqlFigure {
  readonly query: string
  /** Median wall time of a range query over all samples with a step of 15 s. */
  readonly milliseconds: number
  /** The same of the real Prometheus on the same samples, over HTTP; undefined where it is not installed or not asked. */
  readonly prometheusMilliseconds: number | undefined
  readonly samplesRead: number
  readonly resultSeries: number
}

export interface BenchOptions {
  /** Request counters; each region, path and code is one. Eight histogram buckets come with every ten of them. */
  readonly counters?: number
  readonly runs?: number
  /** Holds the samples in a store of the caller's; in a plain one when omitted. */
  readonly createStorage?: (dataset: readonly DatasetSeries[]) => Storage
  /** Ask the real Prometheus, too, query by query. */
  readonly compare?: boolean
}

const SCRAPES = 7_200
const START_MS = 1_700_000_000_000

export const BENCH_QUERIES = [
  'up',
  'sum(rate(requests_total[1m]))',
  'sum by (region) (rate(requests_total[5m]))',
  'sum by (region) (rate(requests_total{code=~"5.."}[5m])) / sum by (region) (rate(requests_total[5m]))',
  'histogram_quantile(0.95, sum by (le, region) (rate(latency_seconds_bucket[5m])))',
  'avg_over_time(gauge[5m])',
  'max_over_time(gauge[5m])',
  'quantile_over_time(0.9, gauge[1m])',
  'topk(5, sum by (path) (rate(requests_total[1m])))',
  'max_over_time(sum(rate(requests_total[1m]))[10m:15s])',
  'increase(requests_total[1h]) > 100',
] as const

export async function benchPromql({
  counters = 200,
  runs = 3,
  createStorage = holdInMemory,
  compare = false,
}: BenchOptions = {}): Promise<PromqlFigure[]> {
  const dataset = createBenchDataset(counters)
  const engine = createEngine({ storage: createStorage(dataset) })
  const prometheus = compare && isPrometheusInstalled ? await startOracle(dataset) : undefined
  const figures: PromqlFigure[] = []
  const range = { startMs: START_MS + 1_000, endMs: START_MS + SCRAPES * 1_000, stepMs: 15_000 }
  const params = { start: `${range.startMs / 1000}`, end: `${range.endMs / 1000}`, step: '15' }
  try {
    for (const query of BENCH_QUERIES) {
      const times: number[] = []
      const theirs: number[] = []
      let last = { samplesRead: 0, resultSeries: 0 }
      // In turns, so that a machine whose speed drifts harms both alike.
      for (let run = 0; run < runs; run++) {
        const startedAt = performance.now()
        const { samplesRead, series } = await engine.rangeQuery({ query, ...range })
        times.push(performance.now() - startedAt)
        last = { samplesRead, resultSeries: series.length }
        if (!prometheus) continue
        const askedAt = performance.now()
        await prometheus.call('/api/v1/query_range', { query, ...params })
        theirs.push(performance.now() - askedAt)
      }
      const prometheusMilliseconds = prometheus && median(theirs)
      figures.push({ query, milliseconds: median(times), prometheusMilliseconds, ...last })
    }
  } finally {
    await prometheus?.stop()
  }
  return figures
}

function createBenchDataset(counters: number): DatasetSeries[] {
  const dataset: DatasetSeries[] = []
  const random = createRandom(1)
  const add = (record: Record<string, string>, next: (value: number) => number) => {
    const samples: [number, number][] = []
    let value = random.below(1000)
    for (let scrape = 0; scrape < SCRAPES; scrape++) {
      value = next(value)
      samples.push([START_MS + scrape * 1_000 + random.below(20), value])
    }
    dataset.push({ labels: labelsFrom(record), samples })
  }
  const regions = ['na', 'eu', 'asia']
  for (let i = 0; i < counters; i++) {
    const region = regions[i % 3] as string
    const code = i % 5 === 0 ? '500' : '200'
    add({ __name__: 'requests_total', region, code, path: `/p${i}` }, (value) => value + random.below(5))
    if (i % 10 !== 0) continue
    add({ __name__: 'up', region, instance: `${i}` }, () => 1)
    add({ __name__: 'gauge', region, instance: `${i}` }, () => random.next())
    for (const le of ['0.01', '0.05', '0.1', '0.5', '1', '5', '10', '+Inf']) {
      add({ __name__: 'latency_seconds_bucket', region, le, instance: `${i}` }, (value) => value + random.below(3))
    }
  }
  return dataset
}

function holdInMemory(dataset: readonly DatasetSeries[]): Storage {
  const storage = createMemoryStorage()
  for (const { labels, samples } of dataset) {
    for (const [timestampMs, value] of samples) storage.append(labels, timestampMs, value)
  }
  return storage
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number
}
