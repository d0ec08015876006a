// Values while they are evaluated: every step of the grid at once. A node owns its operands' arrays and may overwrite them.

import { dropLabels, type Labels } from '../labels.ts'
import { QueryError } from '../query-error.ts'
import type { StepGrid } from './grid.ts'

/** One series of an instant vector over all steps: `values[i]` counts where `present[i]` is 1. */
export interface StepSeries {
  readonly labels: Labels
  readonly values: Float64Array
  readonly present: Uint8Array
}

export type StepVector = readonly StepSeries[]

export function newSeries(labels: Labels, grid: StepGrid): StepSeries {
  return { labels, values: new Float64Array(grid.count), present: new Uint8Array(grid.count) }
}

export function hasSamples({ present }: StepSeries): boolean {
  return present.includes(1)
}

/** The error that Prometheus gives when an operation made two series indistinguishable. */
export function sameLabelsError(): QueryError {
  return new QueryError('execution', 'vector cannot contain metrics with the same labelset')
}

/** Labels that say what a metric is: lost when its values become something else. */
const METADATA: ReadonlySet<string> = new Set(['__name__', '__type__', '__unit__'])

export function withoutMetadata(labels: Labels): Labels {
  return dropLabels(labels, METADATA)
}

/** Drops the metric's name of each series, since its values no longer are that metric. */
export function dropNames(vector: StepVector): StepVector {
  return mergeSameLabels(vector.map((series) => ({ ...series, labels: withoutMetadata(series.labels) })))
}

/**
 * Unites series with equal labels that never have a sample at the same step.
 * @throws QueryError `execution` when they do.
 */
export function mergeSameLabels(vector: StepVector): StepVector {
  const byKey = new Map<string, StepSeries>()
  for (const series of vector) {
    const other = byKey.get(series.labels.key)
    if (other) mergeInto(other, series)
    else byKey.set(series.labels.key, series)
  }
  return byKey.size === vector.length ? vector : [...byKey.values()]
}

function mergeInto(target: StepSeries, source: StepSeries): void {
  for (let i = 0; i < source.present.length; i++) {
    if (source.present[i] === 0) continue
    if (target.present[i] === 1) throw sameLabelsError()
    target.present[i] = 1
    target.values[i] = source.values[i] ?? 0
  }
}

/** Repeats the single step of a series over a whole grid. */
export function repeatSeries(series: StepSeries, grid: StepGrid): StepSeries {
  const repeated = newSeries(series.labels, grid)
  repeated.values.fill(series.values[0] ?? 0)
  repeated.present.fill(series.present[0] ?? 0)
  return repeated
}
