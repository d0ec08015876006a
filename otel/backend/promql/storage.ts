// What the evaluator reads from. A store hands out handles of series, and decodes the samples of one series at a time into
// a buffer that the reader owns and reuses, so that a query over any number of series holds one series' raw samples only.

import type { Labels } from './labels.ts'
import type { Matcher } from './matcher.ts'

export interface Storage {
  /**
   * The series that pass all matchers and may have samples with `fromMs <= t <= toMs`, in any order, each label set once.
   * Must be quick: no sample is decoded here.
   */
  select(matchers: readonly Matcher[], fromMs: number, toMs: number): readonly StoredSeries[]
}

export interface StoredSeries {
  readonly labels: Labels
  /**
   * Appends the samples with `fromMs <= t <= toMs` (both ends closed, whole milliseconds) to the buffer, oldest first, times strictly rising.
   * The handle stays valid while the query runs, whatever is appended or dropped meanwhile: a dropped series gives nothing.
   */
  read(fromMs: number, toMs: number, into: SampleBuffer): void
}

/**
 * A growable run of samples. `stale[i]` is 1 where the sample is a staleness marker: a marker is a NaN with a payload that
 * JavaScript does not keep, so it stands beside the value. Writers call `reserve` once, then fill and set `length`, or `push`.
 */
export class SampleBuffer {
  timestampsMs: Float64Array
  values: Float64Array
  stale: Uint8Array
  length = 0
  /** Whether any sample is a staleness marker; writers that fill the arrays themselves must set it. */
  hasStale = false

  constructor(capacity = 512) {
    this.timestampsMs = new Float64Array(capacity)
    this.values = new Float64Array(capacity)
    this.stale = new Uint8Array(capacity)
  }

  clear(): void {
    if (this.hasStale) this.stale.fill(0, 0, this.length)
    this.length = 0
    this.hasStale = false
  }

  /** Makes room for `count` more samples; the arrays may be replaced, so read them again afterwards. */
  reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.values.length) return
    const capacity = Math.max(needed, this.values.length * 2)
    this.timestampsMs = grown(this.timestampsMs, new Float64Array(capacity))
    this.values = grown(this.values, new Float64Array(capacity))
    this.stale = grown(this.stale, new Uint8Array(capacity))
  }

  push(timestampMs: number, value: number, isStale = false): void {
    if (this.length === this.values.length) this.reserve(1)
    this.timestampsMs[this.length] = timestampMs
    this.values[this.length] = value
    if (isStale) {
      this.stale[this.length] = 1
      this.hasStale = true
    }
    this.length++
  }
}

function grown<T extends Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from)
  return to
}
