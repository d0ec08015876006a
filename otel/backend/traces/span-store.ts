// The span store: bounded in bytes, grouped by trace, evicting the oldest traces whole.
// A slab goes when every trace that began in it goes; since slabs are filled in order, the oldest slab holds only spans of such traces.
// A span of a trace that has been evicted begins that trace anew: it is shown, with the warning that its parent is missing.
import { copyBody } from '../otlp/copy-body.ts'
import {
  BATCH_WORDS,
  COL_GROUP,
  COL_KIND,
  COL_NAME,
  COL_PARENT,
  COL_RUN,
  COL_SIGNATURE,
  COL_SPAN,
  COL_START,
  COL_TRACE,
  type RecordBatch,
} from '../otlp/record-batch.ts'
import { SIGNATURE_WORDS } from '../otlp/tag-signature.ts'
import { mixHash, RefTable } from '../storage/ref-table.ts'
import { NO_ROW, ROW_BITS, ROW_MASK, type Slab, SlabRing, slabBytesFor } from '../storage/slab-ring.ts'
import { Catalogue, type GroupIds } from './catalogue.ts'
import { isSameSpan } from './same-span.ts'
import {
  kindOf,
  NO_TRACE,
  ROW_BODY,
  ROW_KIND,
  ROW_NEXT,
  ROW_OPERATION,
  ROW_PARENT,
  ROW_RESOURCE,
  ROW_SCOPE,
  ROW_SIGNATURE,
  ROW_SPAN,
  ROW_START,
  ROW_TRACE,
  SPAN_ROW_WORDS,
} from './span-row.ts'
import { TraceTable, UNKNOWN_TRACE } from './trace-table.ts'

export interface SpanStoreOptions {
  /** Budget of everything the store keeps, in bytes. */
  budgetBytes: number
  /** Spans that one trace may have; further ones are refused and counted. */
  maxSpansPerTrace?: number
  /** Makes hashes unpredictable to whoever chooses the ids. */
  seed?: number
}

export interface SpanCounters {
  received: number
  stored: number
  duplicates: number
  refused: number
  evicted: number
}

const DEFAULT_MAX_SPANS_PER_TRACE = 10_000
/** Different spans under one span id of a trace: a client and a server that share it, say. More are refused. */
const MAX_SPANS_PER_ID = 4
/** A trace costs at least this much of the budget, which bounds the trace table. */
const MIN_BYTES_PER_TRACE = 256

export class SpanStore {
  readonly ring: SlabRing
  readonly traces: TraceTable
  readonly catalogue: Catalogue
  readonly counters: SpanCounters = { received: 0, stored: 0, duplicates: 0, refused: 0, evicted: 0 }
  readonly budgetBytes: number
  readonly maxSpansPerTrace: number
  evictedTraces = 0
  private readonly spanIndex = new RefTable()
  private readonly seed: number
  private readonly maxTraces: number
  /** Size of the catalogue when the newest slab was begun. */
  private catalogueBytes = 0

  constructor(options: SpanStoreOptions) {
    this.seed = options.seed ?? Math.floor(Math.random() * 2 ** 32)
    this.budgetBytes = options.budgetBytes
    this.maxSpansPerTrace = options.maxSpansPerTrace ?? DEFAULT_MAX_SPANS_PER_TRACE
    this.maxTraces = Math.max(64, Math.floor(options.budgetBytes / MIN_BYTES_PER_TRACE))
    this.ring = new SlabRing(slabBytesFor(options.budgetBytes), SPAN_ROW_WORDS)
    this.traces = new TraceTable(this.seed)
    this.catalogue = new Catalogue(this.seed)
  }

  /** Bytes that the store takes: slabs and tables as allocated, shared entries as estimated. */
  get bytes(): number {
    return this.ring.allocatedBytes + this.traces.bytes + this.spanIndex.bytes + this.catalogue.bytes
  }

  /** Spans held now. */
  get size(): number {
    return this.spanIndex.size
  }

  /** Largest body that is stored. */
  get maxBodyBytes(): number {
    return Math.min(256 * 1024, this.ring.slabBytes / 2)
  }

  /** Stores the spans of a batch. What cannot be stored is refused in the batch itself; duplicates are neither. */
  add(batch: RecordBatch): void {
    const groups: (GroupIds | undefined)[] = []
    for (let i = 0; i < batch.count; i++) {
      const at = i * BATCH_WORDS
      if (!this.admits(batch, at)) continue
      const bodyBytes = batch.rows[at + COL_RUN + 2]!
      this.makeRoom(bodyBytes)
      const group = batch.rows[at + COL_GROUP]!
      // Rows refer to groups of their own batch.
      const ids = groups[group] ?? this.catalogue.takeGroup(batch.bytes, batch.groups[group]!)
      groups[group] = ids
      this.store(batch, at, ids, bodyBytes)
    }
    for (const ids of groups) if (ids) this.catalogue.releaseGroup(ids)
    this.settle()
    this.counters.received += batch.received
    for (const count of batch.refused.values()) this.counters.refused += count
  }

  /** Row of the span with that id in a trace, the first that came of several, or NO_ROW. */
  findSpan(trace: number, idHigh: number, idLow: number): number {
    const hash = this.spanHash(trace, idHigh, idLow)
    let found = NO_ROW
    for (let cell = this.spanIndex.first(hash); cell >= 0; cell = this.spanIndex.next(hash, cell)) {
      const ref = this.spanIndex.ref(cell)
      if (this.isSpan(ref, trace, idHigh, idLow)) {
        found = ref
        break
      }
    }
    return found
  }

  /** The slab of a row and the index of the row's first word in it. */
  slabOf(ref: number): Slab {
    return this.ring.slab(ref >>> ROW_BITS)
  }

  rowOf(ref: number): number {
    return (ref & ROW_MASK) * SPAN_ROW_WORDS
  }

  /** Gives up the oldest slab, and with it every trace that began there. */
  evictOldest(): void {
    const slot = this.ring.oldestSlot
    if (slot === undefined) return
    const slab = this.ring.slab(slot)
    for (let row = 0; row < slab.rowCount; row++) {
      const trace = slab.words[row * SPAN_ROW_WORDS + ROW_TRACE]!
      if (trace !== NO_TRACE) this.evictTrace(trace)
    }
    this.ring.dropOldest()
  }

  private admits(batch: RecordBatch, at: number): boolean {
    if (batch.rows[at + COL_RUN + 2]! > this.maxBodyBytes) {
      batch.refuse('too_large')
      return false
    }
    const trace = this.traces.find(batch.rows, at + COL_TRACE)
    if (trace === UNKNOWN_TRACE) return true
    const idHigh = batch.rows[at + COL_SPAN]!
    const idLow = batch.rows[at + COL_SPAN + 1]!
    const hash = this.spanHash(trace, idHigh, idLow)
    let sameId = 0
    for (let cell = this.spanIndex.first(hash); cell >= 0; cell = this.spanIndex.next(hash, cell)) {
      const ref = this.spanIndex.ref(cell)
      if (!this.isSpan(ref, trace, idHigh, idLow)) continue
      if (this.isDuplicate(ref, batch, at)) {
        this.counters.duplicates++
        return false
      }
      sameId++
    }
    if (sameId >= MAX_SPANS_PER_ID) {
      batch.refuse('conflicting_span_id')
      return false
    }
    if (this.traces.spanCount(trace) >= this.maxSpansPerTrace) {
      this.traces.countDropped(trace)
      batch.refuse('trace_too_large')
      return false
    }
    return true
  }

  private store(batch: RecordBatch, at: number, ids: GroupIds, bodyBytes: number): void {
    // `makeRoom` has seen to a newest slab with room, and may have evicted this very trace.
    const slot = this.ring.newestSlot!
    const slab = this.ring.slab(slot)
    const { rows } = batch
    let trace = this.traces.find(rows, at + COL_TRACE)
    if (trace === UNKNOWN_TRACE) trace = this.traces.add(rows, at + COL_TRACE)
    const number = slab.take(bodyBytes)
    const ref = slot * (ROW_MASK + 1) + number
    const flags = rows[at + COL_KIND]!
    const operation = this.catalogue.takeSpan(
      ids,
      batch.bytes,
      rows[at + COL_NAME]!,
      rows[at + COL_NAME + 1]!,
      kindOf(flags),
    )
    const { words } = slab
    const row = number * SPAN_ROW_WORDS
    words[row + ROW_BODY] = slab.tail
    words[row + ROW_BODY + 1] = bodyBytes
    words[row + ROW_TRACE] = trace
    words[row + ROW_NEXT] = this.traces.push(trace, ref, rows[at + COL_START]!, rows[at + COL_START + 1]!)
    words[row + ROW_OPERATION] = operation
    words[row + ROW_RESOURCE] = ids.resource
    words[row + ROW_SCOPE] = ids.scope
    words[row + ROW_KIND] = flags
    words[row + ROW_SPAN] = rows[at + COL_SPAN]!
    words[row + ROW_SPAN + 1] = rows[at + COL_SPAN + 1]!
    words[row + ROW_PARENT] = rows[at + COL_PARENT]!
    words[row + ROW_PARENT + 1] = rows[at + COL_PARENT + 1]!
    for (let i = 0; i < 4; i++) words[row + ROW_START + i] = rows[at + COL_START + i]!
    for (let i = 0; i < SIGNATURE_WORDS; i++) words[row + ROW_SIGNATURE + i] = rows[at + COL_SIGNATURE + i]!
    copyBody(batch, at, slab)
    this.spanIndex.add(this.spanHash(trace, rows[at + COL_SPAN]!, rows[at + COL_SPAN + 1]!), ref)
    this.counters.stored++
  }

  private makeRoom(bodyBytes: number): void {
    const { ring } = this
    while (this.traces.size >= this.maxTraces) this.evictOldest()
    // A slab is also done when the entries that its spans brought weigh as much as it does: they go only with its traces.
    const heavy = this.catalogue.bytes - this.catalogueBytes > ring.slabBytes
    if (ring.newestSlot !== undefined && !heavy && ring.slab(ring.newestSlot).hasRoom(bodyBytes)) return
    while (ring.count > 0 && this.bytes + ring.growthBytes > this.budgetBytes) this.evictOldest()
    ring.add()
    this.catalogueBytes = this.catalogue.bytes
  }

  /** Evicts until the tables, which grow with what is stored, fit the budget too. */
  private settle(): void {
    if (this.bytes > this.budgetBytes) this.ring.trim()
    while (this.bytes > this.budgetBytes && this.ring.count > 1) {
      this.evictOldest()
      this.ring.trim()
    }
  }

  private evictTrace(trace: number): void {
    for (let ref = this.traces.head(trace); ref !== NO_ROW; ) {
      const { words } = this.slabOf(ref)
      const row = this.rowOf(ref)
      this.catalogue.releaseSpan(words[row + ROW_OPERATION]!, words[row + ROW_RESOURCE]!, words[row + ROW_SCOPE]!)
      this.spanIndex.remove(this.spanHash(trace, words[row + ROW_SPAN]!, words[row + ROW_SPAN + 1]!), ref)
      words[row + ROW_TRACE] = NO_TRACE
      this.counters.evicted++
      ref = words[row + ROW_NEXT]!
    }
    this.traces.remove(trace)
    this.evictedTraces++
  }

  private isSpan(ref: number, trace: number, idHigh: number, idLow: number): boolean {
    const { words } = this.slabOf(ref)
    const row = this.rowOf(ref)
    return words[row + ROW_TRACE] === trace && words[row + ROW_SPAN] === idHigh && words[row + ROW_SPAN + 1] === idLow
  }

  private isDuplicate(ref: number, batch: RecordBatch, at: number): boolean {
    const slab = this.slabOf(ref)
    const row = this.rowOf(ref)
    const { nameBytes } = this.catalogue.operation(slab.words[row + ROW_OPERATION]!)
    return isSameSpan(slab, row, nameBytes, batch, at)
  }

  private spanHash(trace: number, idHigh: number, idLow: number): number {
    return mixHash(mixHash(mixHash(this.seed, trace), idHigh), idLow)
  }
}
