// The oracle of the store's tests: every sample as an object, nothing encoded, nothing dropped but by an explicit age.
import type { Labels } from '../../promql/labels.ts'
import { SampleBuffer, type StoredSeries } from '../../promql/storage.ts'

export interface NaiveSample {
  timestampMs: number
  value: number
  stale: boolean
}

export class NaiveStore {
  readonly series = new Map<string, { labels: Labels; samples: NaiveSample[] }>()

  append(labels: Labels, timestampMs: number, value: number, stale = false): boolean {
    const known = this.series.get(labels.key) ?? { labels, samples: [] }
    this.series.set(labels.key, known)
    const last = known.samples.at(-1)
    if (last && last.timestampMs >= timestampMs) return false
    known.samples.push({ timestampMs, value: stale ? Number.NaN : value, stale })
    return true
  }

  read(labels: Labels, fromMs: number, toMs: number): NaiveSample[] {
    const all = this.series.get(labels.key)?.samples ?? []
    return all.filter(({ timestampMs }) => timestampMs >= fromMs && timestampMs <= toMs)
  }
}

/** What a handle gives for a range, as objects. Reads into a buffer that already holds something, as a query's may. */
export function readSamples(series: StoredSeries, fromMs: number, toMs: number): NaiveSample[] {
  const buffer = new SampleBuffer(4)
  buffer.push(-1, 42)
  series.read(fromMs, toMs, buffer)
  const samples: NaiveSample[] = []
  for (let i = 1; i < buffer.length; i++) {
    // Within the buffer's length.
    samples.push({
      timestampMs: buffer.timestampsMs[i]!,
      value: buffer.values[i]!,
      stale: buffer.stale[i] === 1 && buffer.hasStale,
    })
  }
  return samples
}
