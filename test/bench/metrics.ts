// What storing, scraping and querying cost: the backend's own store and engine, and the real Prometheus beside it where it is installed.
import { benchMetrics } from '../../otel/backend/metrics/bench/bench-metrics.ts'
import { Tsdb } from '../../otel/backend/metrics/tsdb/tsdb.ts'
import { benchPromql } from '../../otel/backend/promql/bench.ts'
import type { DatasetSeries } from '../../otel/backend/promql/testing/dataset.ts'
import type { Figure } from './figure.ts'

const COUNTERS = 40

export async function benchMetricsBackend(): Promise<Figure[]> {
  // Two hours, as the store keeps: in a short run its open chunks weigh more than what is packed.
  const store = benchMetrics({ nodes: 4, seconds: 7_200 })
  const queries = await benchPromql({ counters: COUNTERS, createStorage: holdInTsdb, compare: true })
  return [
    { name: 'metrics: append a sample', value: store.appendNs, unit: 'ns' },
    { name: 'metrics: decode a sample', value: store.readNs, unit: 'ns' },
    { name: 'metrics: parse and store one scrape', value: store.scrapeMs, unit: 'ms' },
    { name: 'metrics: bytes a sample', value: store.bytesPerSample, unit: 'bytes', aim: '≤ 2.5' },
    ...queries.flatMap(({ query, milliseconds, prometheusMilliseconds }) => [
      { name: `2 h of ${query}`, value: milliseconds, unit: 'ms' },
      ...(prometheusMilliseconds === undefined
        ? []
        : [{ name: '  against Prometheus', value: milliseconds / prometheusMilliseconds, unit: 'ratio', aim: '≤ 1' }]),
    ]),
  ]
}

function holdInTsdb(dataset: readonly DatasetSeries[]): Tsdb {
  const store = new Tsdb({ budgetBytes: 2 ** 30, maxAgeMs: Number.MAX_SAFE_INTEGER })
  for (const { labels, samples } of dataset) {
    const series = store.series(labels)
    if (!series) throw new Error('the store refused a series')
    for (const [timestampMs, value] of samples) store.append(series, timestampMs, value)
  }
  return store
}
