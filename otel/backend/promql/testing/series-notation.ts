// The series lines of Prometheus's test language: `name{label="value"} 1 2+3x4 _ stale`.

import { type Labels, labelsFromPairs } from '../labels.ts'
import { parseDurationMs } from '../language/duration.ts'
import { parseNumber } from '../language/number.ts'
import { isMetricName, readSelector } from '../language/selector.ts'
import { createTokenStream } from '../language/token-stream.ts'

/** One point of a series: a number, nothing, or a staleness marker. */
export type Point = number | 'none' | 'stale'

export interface SeriesLine {
  readonly labels: Labels
  readonly points: readonly Point[]
}

/** @throws Error when the line is not of the notation. */
export function parseSeriesLine(line: string): SeriesLine {
  const end = endOfLabels(line)
  return { labels: parseLabels(line.slice(0, end)), points: parsePoints(line.slice(end)) }
}

/** The first space outside of braces and quotes. */
function endOfLabels(line: string): number {
  let inBraces = false
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const char = line[i] as string
    if (quote !== '') {
      if (char === '\\') i++
      else if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (char === '{') inBraces = true
    else if (char === '}') inBraces = false
    else if (char === ' ' && !inBraces) return i
  }
  return line.length
}

function parseLabels(text: string): Labels {
  const tokens = createTokenStream(text)
  const { matchers } = readSelector(tokens, isMetricName(tokens.peek) ? tokens.take() : undefined)
  if (tokens.peek.kind !== 'end') throw new Error(`malformed series: ${text}`)
  return labelsFromPairs(matchers.map(({ name, value }) => [name, value] as const))
}

export function parsePoints(text: string): Point[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .flatMap(parseWord)
}

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+|[Ii]nf|[Nn]a[Nn])`
const WORD = new RegExp(`^(_|stale|${NUMBER})([+-](?:\\d[\\d.]*(?:[eE][+-]?\\d+)?|\\.\\d+|Inf|NaN))?(?:x(\\d+))?$`)

/** `a+bxn` is n+1 points from a; `axn` likewise without a slope; `_xn` is n gaps. */
function parseWord(word: string): Point[] {
  const [, start = '', slopeText, timesText] = WORD.exec(word) ?? []
  if (start === '') throw new Error(`malformed point: ${word}`)
  const times = timesText === undefined ? 0 : Number(timesText)
  if (start === '_') return Array.from({ length: Math.max(times, 1) }, () => 'none' as const)
  if (start === 'stale') return ['stale']
  const slope = slopeText === undefined ? 0 : toNumber(slopeText)
  const points: number[] = []
  let value = toNumber(start)
  for (let i = 0; i <= times; i++) {
    points.push(value)
    if (slopeText !== undefined) value += slope
  }
  return points
}

function toNumber(text: string): number {
  const magnitude = parseNumber(text.replace(/^[+-]/, ''))
  if (magnitude === undefined) throw new Error(`malformed number: ${text}`)
  return text.startsWith('-') ? -magnitude : magnitude
}

/** A time or interval: a duration, or a number of seconds; negative too. */
export function parseTimeMs(text: string): number {
  const isNegative = text.startsWith('-')
  const plain = isNegative ? text.slice(1) : text
  const durationMs = parseDurationMs(plain) ?? Number(plain) * 1000
  if (Number.isNaN(durationMs)) throw new Error(`malformed time: ${text}`)
  return isNegative ? -durationMs : durationMs
}
