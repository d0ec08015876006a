// A plain store in memory, for tests and for the bench. It keeps arrays per series and scans them all on select.

import { type Labels, labelValue } from '../labels.ts'
import { type Matcher, matchesAll } from '../matcher.ts'
import { SampleBuffer, type Storage, type StoredSeries } from '../storage.ts'

export interface MemoryStorage extends Storage {
  /** Times must rise within a series. */
  append(labels: Labels, timestampMs: number, value: number, isStale?: boolean): void
  clear(): void
}

export function createMemoryStorage(): MemoryStorage {
  const all = new Map<string, { labels: Labels; samples: SampleBuffer }>()
  return {
    append(labels, timestampMs, value, isStale = false) {
      let series = all.get(labels.key)
      if (!series) {
        series = { labels, samples: new SampleBuffer(64) }
        all.set(labels.key, series)
      }
      const { samples } = series
      if (samples.length > 0 && (samples.timestampsMs[samples.length - 1] as number) >= timestampMs) {
        throw new Error(`sample out of order at ${timestampMs}`)
      }
      samples.push(timestampMs, value, isStale)
    },
    clear: () => all.clear(),
    select(matchers: readonly Matcher[]): StoredSeries[] {
      const found: StoredSeries[] = []
      for (const { labels, samples } of all.values()) {
        if (!matchesAll(matchers, (name) => labelValue(labels, name))) continue
        found.push({ labels, read: (fromMs, toMs, into) => copyRange(samples, fromMs, toMs, into) })
      }
      return found
    },
  }
}

function copyRange(samples: SampleBuffer, fromMs: number, toMs: number, into: SampleBuffer): void {
  const from = firstAtLeast(samples, fromMs)
  const to = firstAtLeast(samples, toMs + 1)
  into.reserve(to - from)
  for (let i = from; i < to; i++) {
    into.push(samples.timestampsMs[i] as number, samples.values[i] as number, samples.stale[i] === 1)
  }
}

function firstAtLeast({ timestampsMs, length }: SampleBuffer, timeMs: number): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((timestampsMs[middle] as number) < timeMs) low = middle + 1
    else high = middle
  }
  return low
}
