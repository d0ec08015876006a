// Rate, errors and latency of a node or a link, out of samples.
import type { InstantVector, Labels } from '../prometheus/answers.ts'

export type Measured = {
  /** A second. */
  rate: number
  /** 0–1; 0 when nothing happens. */
  errorShare: number
  /** Seconds; undefined when nothing happens. */
  p95S: number | undefined
}

export function measured(rate = 0, errors = 0, p95S: number | undefined): Measured {
  const valid = p95S !== undefined && Number.isFinite(p95S) ? p95S : undefined
  return { rate, errorShare: rate > 0 ? Math.min(1, errors / rate) : 0, p95S: valid }
}

export function together(links: readonly Measured[]): Measured {
  const rate = sum(links.map((link) => link.rate))
  const errors = sum(links.map((link) => link.rate * link.errorShare))
  return { rate, errorShare: rate > 0 ? errors / rate : 0, p95S: maximum(links.flatMap(({ p95S }) => p95S ?? [])) }
}

export function sampleValue(vector: InstantVector, wanted: Labels): number | undefined {
  return vector.find(({ labels }) => Object.entries(wanted).every(([name, value]) => labels[name] === value))?.value
}

export function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}

export function maximum(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b))
}
