// Queries of Prometheus as panels send them. Every one names its data source, so that a panel never depends on a default.
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { prometheus } from './datasources.ts'

export type Query = {
  expr: string
  /** The name of each series, `{{label}}` stands for a label's value: nodes by their names. */
  legend: string
  /** Show examples of values as dots that lead to their traces: for expressions of a histogram that has exemplars. */
  exemplars?: true
  /** Only the compose stack has it, of the programs that stand in the embedded backend's place. */
  ofStack?: true
}

/** No step is finer than this, so that `$__rate_interval` spans at least four scrapes of up to 5 s, and 20 s. */
export const minStep = '5s'

export function refIdOf(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index)
}

/** Behind the names of series that only the compose stack has. */
export const OF_STACK = ' (compose)'

export function rangeQuery({ expr, legend, exemplars, ofStack }: Query, index: number): DataqueryBuilder {
  return builder(expr, index)
    .legendFormat(ofStack ? `${legend}${OF_STACK}` : legend)
    .range()
    .exemplar(exemplars === true)
}

/** The value at the end of the range. */
export function instantQuery({ expr, legend }: Query, index: number): DataqueryBuilder {
  return builder(expr, index).legendFormat(legend).instant()
}

/** Rows: a column for each label, and one for the value. */
export function tableQuery(expr: string, index: number): DataqueryBuilder {
  return builder(expr, index).instant().format(PromQueryFormat.Table)
}

/** Buckets of a histogram over time: the expression keeps `le` and nothing else. */
export function heatmapQuery(expr: string, index: number): DataqueryBuilder {
  return builder(expr, index).range().format(PromQueryFormat.Heatmap).legendFormat('{{le}}').exemplar(true)
}

function builder(expr: string, index: number): DataqueryBuilder {
  return new DataqueryBuilder().datasource(prometheus).refId(refIdOf(index)).expr(expr.trim()).interval(minStep)
}
