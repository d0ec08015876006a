// Compares an answer with what a test script expects of it. Every function answers texts that say what is wrong.

import { almostEqual } from '../functions/arithmetic.ts'
import { EMPTY_LABELS, type Labels, labelsToRecord } from '../labels.ts'
import type { QueryResult } from '../query-result.ts'
import type { EvalCommand, Expectation } from './script.ts'
import { type Point, parseTimeMs, type SeriesLine } from './series-notation.ts'

const TOLERANCE = 1e-6

export function checkAnnotations(result: QueryResult, expectations: readonly Expectation[]): string[] {
  return [...checkMessages('warn', result.warnings, expectations), ...checkMessages('info', result.infos, expectations)]
}

/** Every expectation needs a message; and when all expectations are specific, every message needs an expectation. */
function checkMessages(
  kind: 'warn' | 'info',
  messages: readonly string[],
  expectations: readonly Expectation[],
): string[] {
  // Positions are not part of the expectation.
  const texts = messages.map((message) => message.replace(/ \(\d+:\d+\)$/, ''))
  const got = `[${texts.join('; ')}]`
  const wanted = expectations.filter((expectation) => expectation.kind === kind)
  const problems: string[] = []
  if (texts.length > 0 && expectations.some((expectation) => expectation.kind === `no_${kind}`)) {
    problems.push(`unexpected ${kind}: ${got}`)
  }
  for (const { matches, text } of wanted) {
    if (!texts.some((message) => matches?.(message) ?? true)) problems.push(`no ${kind} ${text}, but ${got}`)
  }
  if (wanted.length === 0 || wanted.some(({ matches }) => !matches)) return problems
  const others = texts.filter((message) => !wanted.some(({ matches }) => matches?.(message)))
  return [...problems, ...others.map((message) => `unexpected ${kind}: ${message}`)]
}

export function checkValue(result: QueryResult, { series, scalar, times, expectations }: EvalCommand): string[] {
  const text = expectations.find(({ kind }) => kind === 'string')?.text
  if (text !== undefined) {
    return result.type === 'string' && JSON.stringify(result.value) === text ? [] : [`not the string ${text}`]
  }
  const ordered = expectations.some(({ kind }) => kind === 'ordered')
  switch (result.type) {
    case 'string':
      return ['a string, which was not expected']
    case 'scalar':
      return scalar ? comparePoints(scalar, [result.value], 'scalar') : ['a scalar, which was not expected']
    case 'vector':
      return checkVector(result.samples, series, ordered)
    case 'matrix': {
      const grid = times.type === 'range' ? times : gridOf(expectations)
      if (!grid) return ['a range vector, which was not expected']
      const wanted = scalar ? [{ labels: EMPTY_LABELS, points: scalar }] : series
      return compareSeries(
        wanted,
        result.series.map((one) => ({ labels: one.labels, points: onGrid(one, grid) })),
        ordered,
      )
    }
  }
}

interface Grid {
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
}

function gridOf(expectations: readonly Expectation[]): Grid | undefined {
  const { text } = expectations.find(({ kind }) => kind === 'range vector') ?? {}
  const [, start, end, step] = /^from (\S+) to (\S+) step (\S+)$/.exec(text ?? '') ?? []
  if (!start || !end || !step) return undefined
  return { startMs: parseTimeMs(start), endMs: parseTimeMs(end), stepMs: parseTimeMs(step) }
}

/** The samples as points of the grid; one that is not on it is added at the end, where it is one too many. */
function onGrid({ timestampsMs, values }: { timestampsMs: Float64Array; values: Float64Array }, grid: Grid): Point[] {
  const points: Point[] = Array.from(
    { length: Math.floor((grid.endMs - grid.startMs) / grid.stepMs) + 1 },
    () => 'none',
  )
  timestampsMs.forEach((timeMs, i) => {
    const index = (timeMs - grid.startMs) / grid.stepMs
    points[index in points ? index : points.length] = values[i] as number
  })
  return points
}

export function checkVector(
  samples: readonly { labels: Labels; value: number }[],
  wanted: readonly SeriesLine[],
  ordered: boolean,
): string[] {
  const got = samples.map(({ labels, value }) => ({ labels, points: [value] }))
  return compareSeries(wanted, got, ordered)
}

function compareSeries(wanted: readonly SeriesLine[], got: readonly SeriesLine[], ordered: boolean): string[] {
  const keys = (series: readonly SeriesLine[]) => JSON.stringify(series.map(({ labels }) => labels.key))
  if (ordered && keys(wanted) !== keys(got)) {
    return [`wrong series or order: ${got.map(({ labels }) => show(labels)).join(' ')}`]
  }
  const rest = new Map(got.map((series) => [series.labels.key, series]))
  const problems: string[] = rest.size === got.length ? [] : ['the same labels twice']
  for (const { labels, points } of wanted) {
    const series = rest.get(labels.key)
    rest.delete(labels.key)
    if (series) problems.push(...comparePoints(points, series.points, show(labels)))
    else if (points.some((point) => point !== 'none')) problems.push(`no series ${show(labels)}`)
  }
  for (const { labels, points } of rest.values()) problems.push(`unexpected series ${show(labels)} ${points.join(' ')}`)
  return problems
}

function show(labels: Labels): string {
  return JSON.stringify(labelsToRecord(labels))
}

export function comparePoints(wanted: readonly Point[], got: readonly Point[], what: string): string[] {
  const count = Math.max(wanted.length, got.length)
  for (let i = 0; i < count; i++) {
    if (samePoint(wanted[i] ?? 'none', got[i] ?? 'none')) continue
    return [`${what}: want ${wanted.join(' ')}, got ${got.join(' ')}`]
  }
  return []
}

function samePoint(a: Point, b: Point): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b
  return Object.is(a, b) || almostEqual(a, b, TOLERANCE)
}
