// histogram_quantile and histogram_fraction over classic histograms: series that differ by `le` alone are one histogram.

import {
  addBucket,
  type Buckets,
  bucketFraction,
  bucketQuantile,
  newBuckets,
  parseBound,
} from '../functions/buckets.ts'
import { isQuantile } from '../functions/quantile.ts'
import { dropLabels, type Labels, labelValue } from '../labels.ts'
import type { Call, Expr } from '../language/ast.ts'
import { badBucketLabel, FORCED_MONOTONICITY, invalidQuantile } from './annotations.ts'
import type { Evaluation } from './context.ts'
import type { StepGrid } from './grid.ts'
import { dropNames, newSeries, type StepSeries, type StepVector } from './vector.ts'

interface Histogram {
  /** Still with the metric's name: histograms of two metrics stay apart. */
  readonly labels: Labels
  readonly buckets: { bound: number; series: StepSeries }[]
}

const BUCKET_LABEL: ReadonlySet<string> = new Set(['le'])

export async function evaluateHistogramQuantile(
  evaluation: Evaluation,
  call: Call,
  grid: StepGrid,
): Promise<StepVector> {
  const [phiArg, vectorArg] = call.args as [Expr, Expr]
  const phis = await evaluation.scalar(phiArg, grid)
  const vector = await evaluation.vector(vectorArg, grid)
  for (const phi of new Set(phis)) if (!isQuantile(phi)) evaluation.annotations.warn(invalidQuantile(phi), phiArg)
  return perHistogram(evaluation, vectorArg, vector, grid, (buckets, step) => {
    const { quantile, forced } = bucketQuantile(phis[step] as number, buckets)
    if (forced) evaluation.annotations.info(FORCED_MONOTONICITY, vectorArg)
    return quantile
  })
}

export async function evaluateHistogramFraction(
  evaluation: Evaluation,
  call: Call,
  grid: StepGrid,
): Promise<StepVector> {
  const [lowerArg, upperArg, vectorArg] = call.args as [Expr, Expr, Expr]
  const lower = await evaluation.scalar(lowerArg, grid)
  const upper = await evaluation.scalar(upperArg, grid)
  const vector = await evaluation.vector(vectorArg, grid)
  return perHistogram(evaluation, vectorArg, vector, grid, (buckets, step) =>
    bucketFraction(lower[step] as number, upper[step] as number, buckets),
  )
}

async function perHistogram(
  evaluation: Evaluation,
  arg: Expr,
  vector: StepVector,
  grid: StepGrid,
  compute: (buckets: Buckets, step: number) => number,
): Promise<StepVector> {
  const { budget } = evaluation
  const result: StepSeries[] = []
  for (const histogram of groupHistograms(evaluation, arg, vector)) {
    budget.hold(grid.count)
    const series = newSeries(histogram.labels, grid)
    const buckets = newBuckets(histogram.buckets.length)
    for (let step = 0; step < grid.count; step++) {
      if (budget.due()) await budget.pause()
      buckets.length = 0
      for (const { bound, series: bucket } of histogram.buckets) {
        if (bucket.present[step] === 1) addBucket(buckets, bound, bucket.values[step] as number)
      }
      if (buckets.length === 0) continue
      series.values[step] = compute(buckets, step)
      series.present[step] = 1
    }
    result.push(series)
  }
  return dropNames(result)
}

function groupHistograms({ annotations }: Evaluation, arg: Expr, vector: StepVector): Histogram[] {
  const histograms = new Map<string, Histogram>()
  for (const series of vector) {
    const label = labelValue(series.labels, 'le')
    const bound = parseBound(label)
    if (bound === undefined) {
      annotations.warn(badBucketLabel(label), arg)
      continue
    }
    const labels = dropLabels(series.labels, BUCKET_LABEL)
    const histogram = histograms.get(labels.key)
    if (histogram) histogram.buckets.push({ bound, series })
    else histograms.set(labels.key, { labels, buckets: [{ bound, series }] })
  }
  for (const { buckets } of histograms.values()) buckets.sort((a, b) => a.bound - b.bound || 0)
  return [...histograms.values()]
}
