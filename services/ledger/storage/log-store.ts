// The Raft log and the hard state on disk. What `append` resolved for survives a crash; a frame holds what one sync made durable.
// Compaction begins a new segment with all that is still needed from the older ones, and removes those.
import { join } from 'node:path'
import { z } from 'zod'
import { GENESIS, type Tip, tipSchema } from '../chain/block.ts'
import {
  type Entry,
  entrySchema,
  type HardState,
  hardStateSchema,
  type Snapshot,
  snapshotSchema,
} from '../raft/messages.ts'
import type { Disk } from './disk.ts'
import { Segments, type SegmentsOptions } from './segments.ts'
import { recovery, StorageDamaged } from './storage-error.ts'

const SEGMENT_BYTES = 4 * 1024 * 1024

/** One thing to make durable. `snapshot` replaces the log up to it, and all of the log when that does not lead to it. */
const partSchema = z.strictObject({
  hardState: hardStateSchema.optional(),
  snapshot: snapshotSchema.optional(),
  /** With a snapshot: the newest block as of it, synced before. */
  tip: tipSchema.optional(),
  /** A snapshot up to here is being fetched: until it is stored, the chain may hold blocks that this log does not lead to. */
  fetchingUpTo: z.int().optional(),
  entries: z.array(entrySchema).optional(),
})
export type LogPart = z.infer<typeof partSchema>

export type LogStoreOptions = Pick<SegmentsOptions, 'nodeFolder' | 'onCutBack' | 'onSync'> & { disk: Disk }

export type StoredLog = {
  hardState: HardState
  snapshot: Snapshot
  /** Newest block as of the snapshot. */
  tip: Tip
  entries: Entry[]
  /** Blocks up to here may be in the chain though the log does not lead to them; 0 when no snapshot was being fetched. */
  fetchingUpTo: number
}

const emptySnapshot: Snapshot = { lastIncludedIndex: 0, lastIncludedTerm: 0, membership: { voters: [], learners: [] } }

export class LogStore {
  #segments!: Segments
  #hardState: HardState = { currentTerm: 0, votedFor: null }
  #snapshot = emptySnapshot
  #tip = GENESIS
  #fetchingUpTo = 0
  /** Highest index in each segment. */
  readonly #lastIndexes = new Map<number, number>()
  /** Only while the log is read at the start. */
  #loading: Entry[] = []
  #isNew = true
  #firstIndex = 0
  #lastIndex = 0
  #turn: Promise<unknown> = Promise.resolve()

  private constructor() {}

  /** Rejects with `StorageDamaged` or `StorageFailed`. */
  static async open({
    disk,
    ...options
  }: LogStoreOptions): Promise<{ store: LogStore; stored: StoredLog; isNew: boolean }> {
    const store = new LogStore()
    store.#segments = await Segments.open({
      ...options,
      disk,
      folder: join(options.nodeFolder, 'log'),
      segmentBytes: SEGMENT_BYTES,
      onFrame: ({ payload, place }) => {
        const parts = decodeParts(payload)
        if (!parts) {
          throw new StorageDamaged(
            `segment ${place.segment} of ${join(options.nodeFolder, 'log')} holds at byte ${place.offset} what this version does not understand. ${recovery(options.nodeFolder)}`,
          )
        }
        for (const part of parts) store.#load(part, place.segment)
      },
    })
    const [first] = store.#loading
    const { lastIncludedIndex } = store.#snapshot
    if (first && first.index > lastIncludedIndex + 1) {
      const folder = join(options.nodeFolder, 'log')
      await store.close()
      throw new StorageDamaged(
        `${folder} begins with entry ${first.index}, but its snapshot ends at ${lastIncludedIndex}: what was between is missing. ${recovery(options.nodeFolder)}`,
      )
    }
    const stored = {
      hardState: store.#hardState,
      snapshot: store.#snapshot,
      tip: store.#tip,
      entries: store.#loading,
      fetchingUpTo: store.#fetchingUpTo,
    }
    store.#loading = []
    return { store, stored, isNew: store.#isNew }
  }

  get bytes(): number {
    return this.#segments.bytes
  }

  get lastIndex(): number {
    return this.#lastIndex
  }

  /** Entries on disk, those that a snapshot stands for included. */
  get entries(): number {
    return this.#lastIndex === 0 ? 0 : this.#lastIndex - this.#firstIndex + 1
  }

  /** Resolves when all parts are durable: one write and one sync for all of them. Rejects with `StorageFailed`, from then on always. */
  append(parts: readonly LogPart[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#segments.append(JSON.stringify(parts))
      await this.#segments.sync()
      for (const part of parts) this.#note(part, this.#segments.newest)
    })
  }

  /** Makes a snapshot durable, and removes segments whose entries are all at or below `keepFromIndex`. */
  saveSnapshot(snapshot: Snapshot, tip: Tip, keepFromIndex: number): Promise<void> {
    return this.#inTurn(async () => {
      await this.#segments.rotate()
      const part = { hardState: this.#hardState, snapshot, tip }
      await this.#segments.append(JSON.stringify([part]))
      await this.#segments.sync()
      this.#note(part, this.#segments.newest)
      const oldest = [...this.#lastIndexes].filter(([, last]) => last > keepFromIndex).map(([segment]) => segment)
      const keep = Math.min(this.#segments.newest, ...oldest)
      await this.#segments.removeBefore(keep)
      for (const segment of [...this.#lastIndexes.keys()]) if (segment < keep) this.#lastIndexes.delete(segment)
      this.#firstIndex = Math.max(this.#firstIndex, Math.min(keepFromIndex + 1, this.#lastIndex))
    })
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => undefined)
    await this.#segments.close()
  }

  #load(part: LogPart, segment: number): void {
    this.#isNew = false
    if (part.snapshot && !leadsTo(this.#loading, part.snapshot)) this.#loading = []
    const [first] = part.entries ?? []
    if (first && part.entries) {
      const keep = this.#loading.findIndex(({ index }) => index >= first.index)
      if (keep >= 0) this.#loading.length = keep
      if (isLeftBehind(this.#loading, this.#snapshot, first.index)) this.#loading = []
      this.#loading.push(...part.entries)
    }
    this.#note(part, segment)
    this.#firstIndex = this.#loading[0]?.index ?? part.snapshot?.lastIncludedIndex ?? 0
  }

  #note({ hardState, snapshot, tip, fetchingUpTo, entries }: LogPart, segment: number): void {
    if (hardState) this.#hardState = hardState
    if (tip) this.#tip = tip
    if (fetchingUpTo !== undefined) this.#fetchingUpTo = fetchingUpTo
    if (snapshot) {
      this.#snapshot = snapshot
      this.#lastIndex = Math.max(this.#lastIndex, snapshot.lastIncludedIndex)
    }
    const last = entries?.at(-1)
    if (!last) return
    if (this.#firstIndex === 0) this.#firstIndex = entries?.[0]?.index ?? 0
    this.#lastIndex = last.index
    this.#lastIndexes.set(segment, Math.max(this.#lastIndexes.get(segment) ?? 0, last.index))
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }
}

/** As the paper has it (§7): a log that holds the snapshot's last entry goes on behind it, any other is worthless. */
function leadsTo(entries: readonly Entry[], { lastIncludedIndex, lastIncludedTerm }: Snapshot): boolean {
  return entries.some(({ index, term }) => index === lastIncludedIndex && term === lastIncludedTerm)
}

/**
 * Entries of a log that a snapshot has replaced, written behind it while the core did not know of it yet: the entry at `next` follows the
 * snapshot and not them. Either there is a gap, or they have another entry where the snapshot ends.
 */
function isLeftBehind(entries: readonly Entry[], snapshot: Snapshot, next: number): boolean {
  const [first, last] = [entries[0], entries.at(-1)]
  if (!first || !last) return false
  if (last.index + 1 !== next) return true
  return first.index <= snapshot.lastIncludedIndex && next > snapshot.lastIncludedIndex && !leadsTo(entries, snapshot)
}

function decodeParts(payload: string): LogPart[] | undefined {
  try {
    return z.array(partSchema).safeParse(JSON.parse(payload)).data
  } catch {
    return undefined
  }
}
