// Remarks that come back with an answer: warnings (it is likely wrong) and infos (it may be). Each is said once.

import type { Span } from '../language/ast.ts'
import { lineAndColumn } from '../language/parse-error.ts'
import { quote } from '../language/string-literal.ts'

const MAX_OF_A_KIND = 10

export interface Annotations {
  warn(text: string, where: Span): void
  info(text: string, where: Span): void
  list(): { warnings: string[]; infos: string[] }
}

export function createAnnotations(query: string): Annotations {
  const warnings = new Set<string>()
  const infos = new Set<string>()
  const placed = (text: string, where: Span) => `${text} (${lineAndColumn(query, where.start)})`
  return {
    warn: (text, where) => void warnings.add(placed(`PromQL warning: ${text}`, where)),
    info: (text, where) => void infos.add(placed(`PromQL info: ${text}`, where)),
    list: () => ({ warnings: capped(warnings, 'warning'), infos: capped(infos, 'info') }),
  }
}

function capped(texts: ReadonlySet<string>, kind: string): string[] {
  const all = [...texts]
  if (all.length <= MAX_OF_A_KIND) return all
  const rest = all.length - MAX_OF_A_KIND
  return [...all.slice(0, MAX_OF_A_KIND), `${rest} more ${kind} annotations omitted`]
}

export const FORCED_MONOTONICITY =
  'input to histogram_quantile needed to be fixed for monotonicity ' +
  '(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)'

export function invalidQuantile(quantile: number): string {
  return `quantile value should be between 0 and 1, got ${goNumber(quantile)}`
}

export function badBucketLabel(value: string): string {
  return `bucket label "le" is missing or has a malformed value of ${quote(value)}`
}

export function possibleNonCounter(metricName: string): string {
  return `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${quote(metricName)}`
}

function goNumber(value: number): string {
  return Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
}
