// Compares an answer of the engine with the body that Prometheus's HTTP API sent, value by value.

import { almostEqual } from '../functions/arithmetic.ts'
import { type Labels, labelsFrom } from '../labels.ts'
import type { QueryError } from '../query-error.ts'
import type { QueryResult } from '../query-result.ts'

const TOLERANCE = 1e-6
/** What is left of a difference of equal sums whose terms were added in another order. */
const CANCELLED = 1e-12

interface ApiBody {
  readonly status: 'success' | 'error'
  readonly errorType?: string
  readonly error?: string
  readonly data?: { readonly resultType: string; readonly result: unknown }
}

type ApiPoint = readonly [seconds: number, value: string]
type ApiSeries = {
  readonly metric: Record<string, string>
  readonly value?: ApiPoint
  readonly values?: readonly ApiPoint[]
}

/** What differs, or undefined. Of errors only the kind is compared: texts changed between versions. */
export function differenceOf(ours: QueryResult | QueryError, body: unknown): string | undefined {
  const theirs = body as ApiBody
  if (ours instanceof Error) {
    if (theirs.status === 'success') return `we fail: ${ours.message}`
    return ours.kind === theirs.errorType ? undefined : `errors ${ours.kind} and ${theirs.errorType}: ${theirs.error}`
  }
  if (theirs.status === 'error' || !theirs.data) return `they fail: ${theirs.error}`
  const { resultType, result } = theirs.data
  if (resultType !== ours.type) return `types ${ours.type} and ${resultType}`
  if (ours.type === 'string') return undefined
  if (ours.type === 'scalar') return comparePoints([[ours.timestampMs, ours.value]], [result as ApiPoint])
  return compareSeries(pointsOf(ours), result as ApiSeries[])
}

export function isEmptyAnswer(ours: QueryResult | QueryError): boolean {
  if (ours instanceof Error) return true
  return (ours.type === 'vector' && ours.samples.length === 0) || (ours.type === 'matrix' && ours.series.length === 0)
}

type Points = readonly (readonly [timestampMs: number, value: number])[]

function pointsOf(ours: QueryResult): Map<string, { labels: Labels; points: Points }> {
  if (ours.type === 'vector') {
    return new Map(
      ours.samples.map(({ labels, timestampMs, value }) => [labels.key, { labels, points: [[timestampMs, value]] }]),
    )
  }
  if (ours.type !== 'matrix') return new Map()
  return new Map(
    ours.series.map(({ labels, timestampsMs, values }) => {
      const points = Array.from(timestampsMs, (timeMs, i) => [timeMs, values[i] as number] as const)
      return [labels.key, { labels, points }]
    }),
  )
}

function compareSeries(
  ours: Map<string, { labels: Labels; points: Points }>,
  theirs: readonly ApiSeries[],
): string | undefined {
  for (const { metric, value, values } of theirs) {
    const { key } = labelsFrom(metric)
    const series = ours.get(key)
    const shown = JSON.stringify(metric)
    if (!series) return `we lack ${shown} ${JSON.stringify(value ?? values?.slice(0, 3))}`
    ours.delete(key)
    const difference = comparePoints(series.points, values ?? (value ? [value] : []))
    if (difference) return `${shown}: ${difference}`
  }
  const [extra] = ours.values()
  return extra && `we have too much: ${JSON.stringify(extra.labels.pairs)} ${JSON.stringify(extra.points.slice(0, 3))}`
}

function comparePoints(ours: Points, theirs: readonly ApiPoint[]): string | undefined {
  if (ours.length !== theirs.length) return `${ours.length} points and ${theirs.length}`
  for (const [index, [seconds, text]] of theirs.entries()) {
    const [timeMs, value] = ours[index] as Points[number]
    if (Math.round(seconds * 1000) !== timeMs) return `times ${timeMs} and ${seconds}`
    const wanted =
      text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
    if (!sameValue(value, wanted)) return `at ${seconds}: we ${value}, they ${text}`
  }
  return undefined
}

function sameValue(a: number, b: number): boolean {
  return Object.is(a, b) || almostEqual(a, b, TOLERANCE) || Math.abs(a - b) < CANCELLED
}
