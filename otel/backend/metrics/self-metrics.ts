// What the backend says of itself, as series in its own store.
import { type Labels, labelsFrom } from '../promql/labels.ts'
import type { Tsdb } from './tsdb/tsdb.ts'

interface SelfMetric {
  readonly labels: Labels
  readonly value: number
}

/** Present values: what the store holds, and what it refused, by metric name and by reason. */
export function selfMetrics(store: Tsdb): SelfMetric[] {
  const { counters } = store
  const metric = (name: string, value: number, labels: Record<string, string> = {}): SelfMetric => {
    return { labels: labelsFrom({ __name__: `faultline_backend_${name}`, ...labels }), value }
  }
  return [
    metric('series', store.seriesCount),
    metric('series_limit', store.options.maxSeries),
    metric('samples', store.sampleCount),
    metric('samples_appended_total', counters.appended),
    metric('samples_refused_total', counters.outOfOrder, { reason: 'out_of_order' }),
    metric('samples_refused_total', counters.duplicates, { reason: 'duplicate' }),
    metric('samples_refused_total', store.refused.total, { reason: 'series_limit' }),
    metric('store_bytes', store.bytes),
    metric('store_limit_bytes', store.options.budgetBytes),
    metric('exemplars', store.exemplars.held),
    ...store.refused.byName().map(({ name, count }) => metric('series_refused_total', count, { metric_name: name })),
  ]
}

/** Appends them as of that time. */
export function writeSelfMetrics(store: Tsdb, timeMs: number): void {
  for (const { labels, value } of selfMetrics(store)) {
    const series = store.series(labels)
    if (series) store.append(series, timeMs, value)
  }
}
