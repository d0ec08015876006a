// All samples of a Prometheus's last minute or so, so that two engines can be asked the same of exactly the same.
import { parseSampleValue } from '../cluster/cli/prometheus.ts'
import { labelsFrom } from '../otel/backend/promql/labels.ts'
import type { DatasetSeries } from '../otel/backend/promql/testing/dataset.ts'
import type { MetricQueries } from './metric-queries.ts'

/** Counters of the cluster are young; see `readDataset`. */
const LIFT = 1_000_000

/**
 * Raw samples of every series between the two times. Counters begin high: where a rate is cut at a counter's zero point changed with
 * version 3 of Prometheus, and is none of what is compared here.
 */
export async function readDataset(metrics: MetricQueries, startMs: number, endMs: number): Promise<DatasetSeries[]> {
  const dataset: DatasetSeries[] = []
  const rangeS = Math.ceil((endMs - startMs) / 1000)
  for (const name of await metrics.api<string[]>('label/__name__/values')) {
    const { data } = await metrics.prometheus.query(`{__name__="${name}"}[${rangeS}s]`, endMs / 1000)
    if (data.resultType !== 'matrix') throw new Error(`the samples of ${name} are a ${data.resultType}`)
    for (const { metric, values = [] } of data.result) {
      const lift = /_(total|count|sum|bucket)$/.test(name) ? LIFT : 0
      const samples = values.map(([timeS, text]) => [Math.round(timeS * 1000), lift + parseSampleValue(text)] as const)
      dataset.push({ labels: labelsFrom(metric), samples })
    }
  }
  return dataset
}

/**
 * The end of a window whose every multiple of a second lies on no sample: whether windows include their ends does not matter then, which
 * changed between versions of Prometheus. At least 5 s before `endMs`. Throws when there is no such time.
 */
export function timeOffTheGrid(dataset: readonly DatasetSeries[], endMs: number): number {
  const taken = new Set(dataset.flatMap(({ samples }) => samples.map(([timeMs]) => timeMs % 1000)))
  for (let timeMs = endMs - 5_000; timeMs > endMs - 6_000; timeMs--) if (!taken.has(timeMs % 1000)) return timeMs
  throw new Error('samples lie on every millisecond')
}
