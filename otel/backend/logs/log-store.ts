// The log store: bounded in bytes, in order of arrival, giving up the oldest slab whole. Everything is found by passing over the rows,
// which takes a few milliseconds for a full store; there is no index to keep.
import { decodeScope, type EncodedHead, identityOf, type Scope, type ServiceIdentity } from '../model/resource.ts'
import { copyBody } from '../otlp/copy-body.ts'
import { resourceKey, scopeKey } from '../otlp/group-keys.ts'
import {
  BATCH_WORDS,
  COL_GROUP,
  COL_PARENT,
  COL_RUN,
  COL_SPAN,
  COL_START,
  COL_TRACE,
  type RecordBatch,
  type RecordGroup,
} from '../otlp/record-batch.ts'
import { InternTable } from '../storage/intern-table.ts'
import { SlabRing, slabBytesFor } from '../storage/slab-ring.ts'
import {
  LOG_BODY,
  LOG_RESOURCE,
  LOG_ROW_WORDS,
  LOG_SCOPE,
  LOG_SEQUENCE,
  LOG_SEVERITY,
  LOG_SPAN,
  LOG_TIME,
  LOG_TRACE,
} from './log-row.ts'

export interface LogStoreOptions {
  /** Budget of everything the store keeps, in bytes. */
  budgetBytes: number
  /** Milliseconds since the epoch: the time of records that have none, and the base of sequence numbers. */
  now: () => number
  seed?: number
}

interface GroupIds {
  resource: number
  scope: number
}

export class LogStore {
  readonly ring: SlabRing
  readonly resources: InternTable<EncodedHead & ServiceIdentity>
  readonly scopes: InternTable<EncodedHead>
  readonly counters = { received: 0, stored: 0, refused: 0, evicted: 0 }
  readonly budgetBytes: number
  private readonly now: () => number
  private nextSequence: number
  /** Size of the shared entries when the newest slab was begun. */
  private sharedBytesBefore = 0

  constructor(options: LogStoreOptions) {
    const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32)
    this.budgetBytes = options.budgetBytes
    this.now = options.now
    this.ring = new SlabRing(slabBytesFor(options.budgetBytes), LOG_ROW_WORDS)
    this.resources = new InternTable(seed)
    this.scopes = new InternTable(seed)
    // Based on the clock, so that a cursor from before a restart is older than everything after it.
    this.nextSequence = Math.floor(options.now()) * 1024 + 1
  }

  /** Bytes that the store takes: slabs and tables as allocated, shared entries as estimated. */
  get bytes(): number {
    return this.ring.allocatedBytes + this.sharedBytes
  }

  private get sharedBytes(): number {
    return this.resources.bytes + this.scopes.bytes
  }

  /** Records held now. */
  get size(): number {
    return this.counters.stored - this.counters.evicted
  }

  get maxBodyBytes(): number {
    return Math.min(256 * 1024, this.ring.slabBytes / 2)
  }

  /** Sequence number of the newest record, or the one before the first. */
  get lastSequence(): number {
    return this.nextSequence - 1
  }

  /** Stores the records of a batch; what is too large is refused in the batch itself. */
  add(batch: RecordBatch): void {
    const groups: (GroupIds | undefined)[] = []
    for (let i = 0; i < batch.count; i++) {
      const at = i * BATCH_WORDS
      const bodyBytes = batch.rows[at + COL_RUN + 2]!
      if (bodyBytes > this.maxBodyBytes) {
        batch.refuse('too_large')
        continue
      }
      this.makeRoom(bodyBytes)
      const group = batch.rows[at + COL_GROUP]!
      // Rows refer to groups of their own batch.
      const ids = groups[group] ?? this.takeGroup(batch.bytes, batch.groups[group]!)
      groups[group] = ids
      this.store(batch, at, ids, bodyBytes)
    }
    for (const ids of groups) if (ids) this.release(ids.resource, ids.scope)
    this.settle()
    this.counters.received += batch.received
    for (const count of batch.refused.values()) this.counters.refused += count
  }

  decodeScope(id: number): Scope {
    return decodeScope(this.scopes.get(id))
  }

  evictOldest(): void {
    const slot = this.ring.oldestSlot
    if (slot === undefined) return
    const { words, rowCount } = this.ring.slab(slot)
    for (let row = 0; row < rowCount * LOG_ROW_WORDS; row += LOG_ROW_WORDS) {
      this.release(words[row + LOG_RESOURCE]!, words[row + LOG_SCOPE]!)
    }
    this.counters.evicted += rowCount
    this.ring.dropOldest()
  }

  private store(batch: RecordBatch, at: number, ids: GroupIds, bodyBytes: number): void {
    // `makeRoom` has seen to a newest slab with room.
    const slab = this.ring.slab(this.ring.newestSlot!)
    const row = slab.take(bodyBytes) * LOG_ROW_WORDS
    const { rows } = batch
    const { words } = slab
    words[row + LOG_BODY] = slab.tail
    words[row + LOG_BODY + 1] = bodyBytes
    words[row + LOG_RESOURCE] = ids.resource
    words[row + LOG_SCOPE] = ids.scope
    words[row + LOG_SEVERITY] = rows[at + COL_PARENT]!
    words[row + LOG_SEVERITY + 1] = 0
    for (let i = 0; i < 4; i++) words[row + LOG_TRACE + i] = rows[at + COL_TRACE + i]!
    for (let i = 0; i < 2; i++) words[row + LOG_SPAN + i] = rows[at + COL_SPAN + i]!
    words[row + LOG_TIME] = rows[at + COL_START]!
    words[row + LOG_TIME + 1] = rows[at + COL_START + 1]!
    if (words[row + LOG_TIME] === 0 && words[row + LOG_TIME + 1] === 0) this.stampTime(words, row)
    words[row + LOG_SEQUENCE] = this.nextSequence % 2 ** 32
    words[row + LOG_SEQUENCE + 1] = Math.floor(this.nextSequence / 2 ** 32)
    this.nextSequence++
    this.resources.retain(ids.resource)
    this.scopes.retain(ids.scope)
    copyBody(batch, at, slab)
    this.counters.stored++
  }

  private stampTime(words: Uint32Array, row: number): void {
    const ns = BigInt(Math.floor(this.now())) * 1_000_000n
    words[row + LOG_TIME] = Number(ns & 0xffffffffn)
    words[row + LOG_TIME + 1] = Number(ns >> 32n)
  }

  private takeGroup(bytes: Uint8Array, g: RecordGroup): GroupIds {
    const resource = this.resources.take(resourceKey(bytes, g), 0, (key) => {
      const head = { bytes: key, headLength: g.resourceEnd - g.resourceStart }
      return { ...head, ...identityOf(head) }
    })
    const scope = this.scopes.take(scopeKey(bytes, g), 0, (key) => ({
      bytes: key,
      headLength: g.scopeEnd - g.scopeStart,
    }))
    return { resource, scope }
  }

  private release(resource: number, scope: number): void {
    this.resources.release(resource)
    this.scopes.release(scope)
  }

  private makeRoom(bodyBytes: number): void {
    const { ring } = this
    // A slab is also done when the resources and scopes that its records brought weigh as much as it does: they go only with it.
    const heavy = this.sharedBytes - this.sharedBytesBefore > ring.slabBytes
    if (ring.newestSlot !== undefined && !heavy && ring.slab(ring.newestSlot).hasRoom(bodyBytes)) return
    while (ring.count > 0 && this.bytes + ring.growthBytes > this.budgetBytes) this.evictOldest()
    ring.add()
    this.sharedBytesBefore = this.sharedBytes
  }

  private settle(): void {
    if (this.bytes > this.budgetBytes) this.ring.trim()
    while (this.bytes > this.budgetBytes && this.ring.count > 1) {
      this.evictOldest()
      this.ring.trim()
    }
  }
}
