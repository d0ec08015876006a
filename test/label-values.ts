// What stands in the labels of all series, and which of it has no bound.
import type { MetricQueries } from './metric-queries.ts'

/** Values by label. */
export type LabelValues = Map<string, Set<string>>

/** Names of metrics and of operations are many and not grown by traffic; bounds of buckets, too. */
const manyByDesign = ['__name__', 'le', 'span_name']
const MANY = 40

export async function readLabelValues(metrics: MetricQueries): Promise<LabelValues> {
  const values: LabelValues = new Map()
  const series = await metrics.api<Record<string, string>[]>('series', { 'match[]': '{__name__!=""}' })
  for (const [label, value] of series.flatMap((labels) => Object.entries(labels))) {
    values.set(label, (values.get(label) ?? new Set()).add(value))
  }
  return values
}

/** Pairs that look like an id of anything (long hexadecimal ones, UUIDs, products) or an address of somebody, and labels of many values. */
export function unboundedLabels(values: LabelValues): string[] {
  const pairs = [...values].flatMap(([label, set]) => [...set].map((value) => `${label}=${value}`))
  const ids = pairs.filter((pair) => /[0-9a-f]{16}|[0-9a-f]{8}-[0-9a-f]{4}-|\bp-\d{4}\b|@/.test(pair))
  const many = [...values].filter(([label, { size }]) => size > MANY && !manyByDesign.includes(label))
  return [...ids, ...many.map(([label, set]) => `${label} has ${set.size} values: ${[...set].join(', ')}`)]
}
