// The time series database: in memory, bounded in bytes, in age and in series. Samples live in typed arrays; a series is one object.
// Refuses samples that are not newer than the series' latest, and new series at the limit, and counts both.
import { type Labels, labelValue, METRIC_NAME } from '../../promql/labels.ts'
import type { Matcher } from '../../promql/matcher.ts'
import type { SampleBuffer, Storage, StoredSeries } from '../../promql/storage.ts'
import { detached } from '../detached.ts'
import { decodeChunk, trimSamples } from './chunk-decoder.ts'
import { CHUNK_SAMPLES, ChunkEncoder } from './chunk-encoder.ts'
import { ChunkSlabs, emptyView } from './chunk-slabs.ts'
import { DEFAULT_EXEMPLAR_LIMITS, type Exemplar, type ExemplarLimits, ExemplarStore } from './exemplars.ts'
import { LabelIndex } from './label-index.ts'
import { OPEN_SLOT_BYTES, OpenChunks } from './open-chunks.ts'
import { RefusedSeries } from './refused-series.ts'
import { matchesRemaining } from './remaining-matchers.ts'
import { NO_SLOT, Series, type SeriesOwner } from './series.ts'

export interface TsdbOptions {
  /** Budget of samples and index in bytes; the oldest samples go first. */
  budgetBytes: number
  /** Samples older than this are not read and, a slab at a time, given up. */
  maxAgeMs: number
  /** Series held at a time; further ones are refused. Fewer when their open chunks alone would take half the budget. */
  maxSeries: number
  exemplars?: ExemplarLimits
}

export const DEFAULT_TSDB_OPTIONS: TsdbOptions = {
  budgetBytes: 384 * 1024 * 1024,
  maxAgeMs: 2 * 60 * 60 * 1000,
  maxSeries: 60_000,
}

export type AppendResult = 'ok' | 'duplicate' | 'out_of_order' | 'gone'

export interface TsdbCounters {
  appended: number
  outOfOrder: number
  /** Samples of one time and different values. */
  duplicates: number
  seriesCreated: number
  seriesRemoved: number
}

/** Heap of a series with ten labels, by measurement: its object, key, pairs, map entry and postings. */
const SERIES_BYTES = 800
/** Of all places for series, those that owners share. */
const OWNED_SHARE = 0.9
const MAX_OFFSET_MS = 2 ** 32

export class Tsdb implements Storage {
  readonly options: TsdbOptions
  readonly counters: TsdbCounters = { appended: 0, outOfOrder: 0, duplicates: 0, seriesCreated: 0, seriesRemoved: 0 }
  readonly refused = new RefusedSeries()
  readonly exemplars: ExemplarStore<StoredSeries>
  private readonly index = new LabelIndex()
  private readonly byKey = new Map<string, Series>()
  private readonly byId: (Series | undefined)[] = []
  private readonly freeIds: number[] = []
  private readonly open = new OpenChunks()
  private readonly sealed: ChunkSlabs
  private readonly encoder = new ChunkEncoder()
  private readonly view = emptyView()
  /** Chunks of the series being read, newest first. */
  private chain = new Uint32Array(64)
  private openSamples = 0
  private oldestKeptMs = Number.NEGATIVE_INFINITY

  constructor(options: Partial<TsdbOptions> = {}) {
    const { maxSeries, ...rest } = { ...DEFAULT_TSDB_OPTIONS, ...options }
    const affordable = Math.floor(rest.budgetBytes / 2 / (SERIES_BYTES + OPEN_SLOT_BYTES))
    this.options = { ...rest, maxSeries: Math.min(maxSeries, affordable) }
    this.sealed = new ChunkSlabs(rest.budgetBytes)
    this.exemplars = new ExemplarStore(options.exemplars ?? DEFAULT_EXEMPLAR_LIMITS)
  }

  get seriesCount(): number {
    return this.byKey.size
  }

  get sampleCount(): number {
    return this.sealed.samples + this.openSamples
  }

  get chunkCount(): number {
    return this.sealed.chunks
  }

  /** Bytes of samples, as allocated, and of series, as estimated. */
  get bytes(): number {
    return this.sealed.bytes + this.open.bytes + this.byKey.size * SERIES_BYTES
  }

  /** Bytes of sealed and open samples and their headers: what "bytes a sample" is about. */
  get sampleBytes(): number {
    return this.sealed.bytes + this.open.bytes
  }

  /**
   * Finds or creates a series; undefined when the store, or the owner, has as many as it may. A label set must have a metric name.
   * The last tenth of the places is for series without an owner: `up` and alerts must find room when targets have filled the rest.
   */
  series(labels: Labels, owner?: SeriesOwner): Series | undefined {
    const known = this.byKey.get(labels.key)
    if (known) return known
    const places = owner ? this.options.maxSeries * OWNED_SHARE : this.options.maxSeries
    if (this.byKey.size >= places || (owner && owner.live >= owner.limit)) {
      this.refused.count(labelValue(labels, METRIC_NAME))
      return undefined
    }
    const id = this.freeIds.pop() ?? this.byId.length
    const series = new Series(this, id, { pairs: this.index.add(id, labels), key: detached(labels.key) }, owner)
    if (owner) owner.live++
    this.byId[id] = series
    this.byKey.set(series.labels.key, series)
    this.counters.seriesCreated++
    return series
  }

  /** Appends a sample (whole milliseconds). `gone` means that the series has been dropped: look it up again. */
  append(series: Series, timestampMs: number, value: number): AppendResult {
    return this.put(series, timestampMs, value, false)
  }

  /** Marks the series as ended at that time: instant selectors find nothing from then on. */
  appendStale(series: Series, timestampMs: number): AppendResult {
    return this.put(series, timestampMs, Number.NaN, true)
  }

  addExemplar(series: Series, exemplar: Exemplar): void {
    if (series.id !== NO_SLOT) this.exemplars.add(series, exemplar)
  }

  select(matchers: readonly Matcher[], fromMs: number, toMs: number): readonly Series[] {
    const { ids, remaining } = this.index.candidates(matchers)
    const oldest = Math.max(fromMs, this.oldestKeptMs)
    const test = matchesRemaining(remaining)
    const found: Series[] = []
    const count = ids ? ids.length : this.byId.length
    for (let i = 0; i < count; i++) {
      const series = this.byId[ids ? ids.at(i) : i]
      if (series && series.lastMs >= oldest && series.firstMs <= toMs && test(series.labels)) found.push(series)
    }
    return found
  }

  /** Names of all labels, unordered. */
  labelNames(): Iterable<string> {
    return this.index.labelNames()
  }

  /** Values of a label, unordered. */
  labelValues(name: string): Iterable<string> {
    return this.index.labelValues(name)
  }

  /** See `StoredSeries.read`; also called by the series themselves. */
  read(series: Series, fromMs: number, toMs: number, into: SampleBuffer): void {
    if (series.id === NO_SLOT) return
    const from = Math.max(fromMs, this.oldestKeptMs)
    const { view } = this
    let chunks = 0
    for (let ref = series.lastChunk; this.sealed.view(ref, view) && view.maxTimeMs >= from; ref = view.previous) {
      if (view.minTimeMs > toMs) continue
      if (chunks === this.chain.length) this.growChain()
      this.chain[chunks++] = ref
    }
    while (chunks > 0) {
      this.sealed.view(this.chain[--chunks]!, view)
      const start = into.length
      decodeChunk(view, into)
      if (view.minTimeMs < from || view.maxTimeMs > toMs) trimSamples(into, start, from, toMs)
    }
    if (series.openCount > 0 && series.lastMs >= from) this.readOpen(series, from, toMs, into)
  }

  /** Gives up what is too old; call it every few seconds. */
  maintain(nowMs: number): void {
    this.oldestKeptMs = nowMs - this.options.maxAgeMs
    while (this.sealed.oldestSlabMaxTimeMs < this.oldestKeptMs) this.sealed.dropOldest()
    this.removeEndedSeries()
    this.exemplars.expire(this.oldestKeptMs)
  }

  private put(series: Series, timestampMs: number, value: number, stale: boolean): AppendResult {
    if (series.id === NO_SLOT) return 'gone'
    if (timestampMs <= series.lastMs) return this.refuse(series, timestampMs, value, stale)
    if (series.openCount > 0 && timestampMs - series.openMs >= MAX_OFFSET_MS) this.seal(series, false)
    if (series.openCount === 0) {
      if (series.slot === NO_SLOT) {
        if (this.open.growthBytes > 0) this.makeRoom(this.open.growthBytes)
        series.slot = this.open.take()
      }
      series.openMs = timestampMs
      if (series.firstMs > timestampMs) series.firstMs = timestampMs
    }
    const block = this.open.block(series.slot)
    const at = this.open.start(series.slot) + series.openCount++
    block.offsets[at] = timestampMs - series.openMs
    block.values[at] = value
    series.lastMs = timestampMs
    series.lastValue = value
    this.openSamples++
    this.counters.appended++
    if (stale) {
      this.seal(series, true)
      this.open.release(series.slot)
      series.slot = NO_SLOT
    } else if (series.openCount === CHUNK_SAMPLES) this.seal(series, false)
    return 'ok'
  }

  private refuse(series: Series, timestampMs: number, value: number, stale: boolean): AppendResult {
    if (timestampMs === series.lastMs) {
      if (!stale && Object.is(value, series.lastValue)) return 'ok'
      this.counters.duplicates++
      return 'duplicate'
    }
    this.counters.outOfOrder++
    return 'out_of_order'
  }

  private seal(series: Series, staleEnd: boolean): void {
    const { offsets, values } = this.open.block(series.slot)
    const at = this.open.start(series.slot)
    const count = series.openCount
    const flags = this.encoder.encode(offsets, values, at, count, staleEnd)
    if (!this.sealed.hasRoom(this.encoder.length)) this.makeRoom(this.sealed.slabBytes)
    const span = offsets[at + count - 1]!
    series.lastChunk = this.sealed.add(this.encoder, flags, series.openMs, span, values[at]!, series.lastChunk)
    series.openCount = 0
    this.openSamples -= count
  }

  private makeRoom(bytes: number): void {
    while (this.sealed.count > 0 && this.bytes + bytes > this.options.budgetBytes) {
      this.sealed.dropOldest()
      // A dropped slab is kept for the next one.
      if (bytes === this.sealed.slabBytes) return
    }
  }

  private readOpen(series: Series, fromMs: number, toMs: number, into: SampleBuffer): void {
    const { offsets, values } = this.open.block(series.slot)
    const at = this.open.start(series.slot)
    into.reserve(series.openCount)
    for (let i = at; i < at + series.openCount; i++) {
      const time = series.openMs + offsets[i]!
      if (time < fromMs) continue
      if (time > toMs) break
      into.timestampsMs[into.length] = time
      into.values[into.length++] = values[i]!
    }
  }

  private removeEndedSeries(): void {
    const gone = new Set<number>()
    const labels: Labels[] = []
    for (const series of this.byId) {
      if (!series) continue
      const tooOld = series.lastMs < this.oldestKeptMs
      if (!tooOld && (series.openCount > 0 || this.sealed.isAlive(series.lastChunk))) continue
      gone.add(series.id)
      labels.push(series.labels)
      this.forget(series)
    }
    if (gone.size > 0) this.index.remove(gone, labels)
  }

  private forget(series: Series): void {
    this.openSamples -= series.openCount
    if (series.slot !== NO_SLOT) this.open.release(series.slot)
    this.byKey.delete(series.labels.key)
    this.byId[series.id] = undefined
    this.freeIds.push(series.id)
    this.exemplars.forget(series)
    if (series.owner) series.owner.live--
    series.end()
    this.counters.seriesRemoved++
  }

  private growChain(): void {
    const larger = new Uint32Array(this.chain.length * 2)
    larger.set(this.chain)
    this.chain = larger
  }
}
