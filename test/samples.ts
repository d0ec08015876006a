// All samples that a Prometheus holds, to be asked again somewhere else.

import { parseSampleValue } from '../cluster/cli/prometheus.ts'
import { labelsFrom } from '../otel/backend/promql/labels.ts'
import type { DatasetSeries } from '../otel/backend/promql/testing/dataset.ts'
import type { MetricQueries } from './metric-queries.ts'

type Matrix = { result: { metric: Record<string, string>; values: [seconds: number, value: string][] }[] }

/** Added to every counter: a rate near its zero point is cut otherwise by Prometheus 2 and 3. */
const COUNTED_BEFORE = 100_000

/**
 * Of the last fifteen minutes, and so that Prometheus 2 and 3 agree on them: counters as of nodes that have run for long, and times of
 * even milliseconds, for asked at an odd one no sample lies on the edge of a window.
 */
export async function exportSamples(metrics: MetricQueries): Promise<DatasetSeries[]> {
  const dataset: DatasetSeries[] = []
  for (const name of await metrics.api<string[]>('label/__name__/values')) {
    const before = /_(total|count|sum|bucket)$/.test(name) ? COUNTED_BEFORE : 0
    const { result } = await metrics.api<Matrix>('query', { query: `{__name__="${name}"}[15m]` })
    for (const { metric, values } of result) {
      const samples = new Map(
        values.map(([seconds, value]) => [Math.round(seconds * 500) * 2, before + parseSampleValue(value)] as const),
      )
      dataset.push({ labels: labelsFrom(metric), samples: [...samples] })
    }
  }
  return dataset
}
