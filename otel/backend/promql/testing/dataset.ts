// Samples that look like those of a small shop, for comparisons with the real Prometheus, for fuzzing and for the bench.
// Samples fall between .1 and .8 of a second: asked at .95, a window's closed or open end makes no difference.

import { type Labels, labelsFrom } from '../labels.ts'
import { createRandom, type Random } from './random.ts'

export interface DatasetSeries {
  readonly labels: Labels
  readonly samples: readonly (readonly [timestampMs: number, value: number])[]
}

/** 2023-11-14, a time that is a multiple of nothing in particular. */
export const DATASET_START_MS = 1_700_000_000_000
export const DATASET_MINUTES = 40
const SCRAPE_MS = 10_000

export function createDataset(seed: number): DatasetSeries[] {
  const random = createRandom(seed)
  const series: DatasetSeries[] = []
  const add = (record: Record<string, string>, value: (step: number, random: Random) => number | undefined) => {
    const samples: [number, number][] = []
    const phaseMs = 100 + random.below(300)
    for (let step = 0; step < (DATASET_MINUTES * 60_000) / SCRAPE_MS; step++) {
      const sample = value(step, random)
      if (sample !== undefined)
        samples.push([DATASET_START_MS + step * SCRAPE_MS + phaseMs + random.below(400), sample])
    }
    series.push({ labels: labelsFrom(record), samples })
  }
  for (const instance of ['a:1', 'a:2', 'b:1']) {
    for (const path of ['/', '/cart']) {
      for (const code of ['200', '500']) {
        add({ __name__: 'requests_total', job: 'shop', instance, path, code }, counter(random, code === '200' ? 40 : 3))
      }
    }
    addHistogram(instance, add)
    add({ __name__: 'up', job: 'shop', instance }, (step) => (instance === 'b:1' && step % 37 < 3 ? 0 : 1))
    add({ __name__: 'info', job: 'shop', instance, version: instance === 'b:1' ? '2' : '1' }, () => 1)
    for (const sensor of ['in', 'out']) {
      add({ __name__: 'temperature', instance, sensor }, (step, { next }) => 10 * Math.sin(step / 20) + 5 * next() - 3)
    }
    // Away for ten minutes, longer than the lookback.
    add({ __name__: 'queue', instance }, (step, { next }) =>
      step > 80 && step < 140 ? undefined : Math.floor(50 * next()),
    )
    add({ __name__: 'flaky', instance }, (step, { chance, next }) => (chance(0.3) ? undefined : 100 * next() + step))
  }
  let late = 5_000
  add({ __name__: 'late_total', job: 'shop' }, (step, { below }) => {
    late += below(20)
    return step < 100 ? undefined : late
  })
  // Its first sample is 8 s after zero, which is more than half an interval and less than a whole one.
  add({ __name__: 'young_total' }, (step) => (step < 100 ? undefined : 8 + 10 * (step - 100)))
  const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -1, 1e-9, 1e18]
  add({ __name__: 'special' }, (_step, { pick }) => pick(special))
  add({ __name__: 'huge' }, (_step, { next }) => 1e300 * next())
  return series
}

/** Rises by up to `most` a scrape and starts anew now and then; it begins high, so that no rate is cut at a zero point. */
function counter(random: Random, most: number) {
  let total = 50_000 + random.below(1000)
  const everySteps = 60 + random.below(120)
  return (step: number) => {
    total = step % everySteps === everySteps - 1 ? 0 : total + random.below(most)
    return total
  }
}

/** Cumulative counts of ever more observations, most of them small. */
function addHistogram(
  instance: string,
  add: (record: Record<string, string>, value: (step: number, random: Random) => number) => void,
): void {
  const random = createRandom(instance.length + instance.charCodeAt(0) + instance.charCodeAt(2))
  const bounds = ['0.01', '0.1', '0.5', '2.5', '+Inf']
  // It has counted for long, so that no rate is cut at a zero point.
  const counts = bounds.map((_, bucket) => 2000 * (bucket + 1))
  const perStep: number[][] = []
  for (let step = 0; step < (DATASET_MINUTES * 60_000) / SCRAPE_MS; step++) {
    for (let n = random.below(9); n > 0; n--) {
      const from = Math.min(random.below(4), random.below(6), counts.length - 1)
      for (let bucket = from; bucket < counts.length; bucket++) counts[bucket] = (counts[bucket] as number) + 1
    }
    perStep.push([...counts])
  }
  bounds.forEach((le, bucket) => {
    add({ __name__: 'latency_seconds_bucket', instance, le }, (step) => perStep[step]?.[bucket] ?? 0)
  })
  add({ __name__: 'latency_seconds_count', instance }, (step) => perStep[step]?.at(-1) ?? 0)
}

/** The samples as OpenMetrics text with times, as promtool imports it. */
export function toOpenMetrics(dataset: readonly DatasetSeries[]): string {
  const lines = dataset.flatMap(({ labels, samples }) => {
    const name = labels.pairs.find(([label]) => label === '__name__')?.[1] ?? ''
    const others = labels.pairs.filter(([label]) => label !== '__name__').map(([label, value]) => `${label}="${value}"`)
    return samples.map(
      ([timestampMs, value]) => `${name}{${others.join(',')}} ${openMetricsNumber(value)} ${timestampMs / 1000}`,
    )
  })
  return `${lines.join('\n')}\n# EOF\n`
}

function openMetricsNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
}
