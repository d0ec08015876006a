// A series of the store: its labels, where its samples are, and the handle by which a query reads them.
import type { Labels } from '../../promql/labels.ts'
import type { SampleBuffer, StoredSeries } from '../../promql/storage.ts'
import { NO_CHUNK } from './chunk-slabs.ts'

export const NO_SLOT = -1

interface SeriesReader {
  read(series: Series, fromMs: number, toMs: number, into: SampleBuffer): void
}

/** Who makes series, and may make only so many. */
export interface SeriesOwner {
  /** Series in the store now; counted by the store. */
  live: number
  readonly limit: number
}

/** Its fields belong to the store; others read `labels` and call `read`. */
export class Series implements StoredSeries {
  readonly labels: Labels
  /** Number in the index, NO_SLOT once the series has been dropped. */
  id: number
  /** Slot of the open chunk, or NO_SLOT. */
  slot = NO_SLOT
  openCount = 0
  /** Time of the open chunk's first sample. */
  openMs = 0
  /** Times of the first sample ever and of the latest. */
  firstMs = Number.POSITIVE_INFINITY
  lastMs = Number.NEGATIVE_INFINITY
  lastValue = Number.NaN
  /** Latest sealed chunk. */
  lastChunk = NO_CHUNK
  readonly owner: SeriesOwner | undefined
  private readonly store: SeriesReader

  constructor(store: SeriesReader, id: number, labels: Labels, owner: SeriesOwner | undefined) {
    this.store = store
    this.id = id
    this.labels = labels
    this.owner = owner
  }

  get isGone(): boolean {
    return this.id === NO_SLOT
  }

  read(fromMs: number, toMs: number, into: SampleBuffer): void {
    this.store.read(this, fromMs, toMs, into)
  }

  end(): void {
    this.id = NO_SLOT
    this.slot = NO_SLOT
    this.openCount = 0
    this.lastChunk = NO_CHUNK
  }
}
