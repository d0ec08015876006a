// The log in memory, from the last compaction on: entries are shared, never copied. It also knows which membership was in force at which
// index, how far it was handed out to be written, and how far that is synced.
import type { Entry, Membership, Snapshot } from './messages.ts'

export class Log {
  #entries: Entry[]
  /** The last entry that was compacted away, or 0. */
  #baseIndex: number
  #baseTerm: number
  /** Oldest first; the first is in force at the base, the last now. */
  #memberships: { index: number; membership: Membership }[]
  /** Handed out to be written, up to here. */
  writtenIndex: number
  /** Synced up to here. */
  stableIndex: number

  /** Takes the stored entries that continue the snapshot; all of them count as synced. */
  constructor(snapshot: Snapshot, stored: readonly Entry[]) {
    this.#baseIndex = snapshot.lastIncludedIndex
    this.#baseTerm = snapshot.lastIncludedTerm
    this.#memberships = [{ index: snapshot.lastIncludedIndex, membership: snapshot.membership }]
    this.#entries = []
    for (const entry of entriesAfter(snapshot, stored)) this.append(entry)
    this.writtenIndex = this.lastIndex
    this.stableIndex = this.lastIndex
  }

  get firstIndex(): number {
    return this.#baseIndex + 1
  }

  get lastIndex(): number {
    return this.#baseIndex + this.#entries.length
  }

  get lastTerm(): number {
    return this.#entries.at(-1)?.term ?? this.#baseTerm
  }

  /** Undefined: compacted away, or not there yet. */
  termAt(index: number): number | undefined {
    return index === this.#baseIndex ? this.#baseTerm : this.#entries[index - this.#baseIndex - 1]?.term
  }

  /** The entry must follow the last one. */
  append(entry: Entry): void {
    if (entry.index !== this.lastIndex + 1) throw new RangeError(`entry ${entry.index} after ${this.lastIndex}`)
    this.#entries.push(entry)
    if (entry.kind === 'membership') this.#memberships.push({ index: entry.index, membership: entry.membership })
  }

  /** Drops the entry at `index` and all that follow. */
  truncateFrom(index: number): void {
    this.#entries.length = index - this.#baseIndex - 1
    while ((this.#memberships.at(-1)?.index ?? 0) >= index && this.#memberships.length > 1) this.#memberships.pop()
    this.writtenIndex = Math.min(this.writtenIndex, index - 1)
    this.stableIndex = Math.min(this.stableIndex, index - 1)
  }

  /** The entries from `first` to `last`, both included. */
  slice(first: number, last: number): Entry[] {
    return this.#entries.slice(first - this.#baseIndex - 1, last - this.#baseIndex)
  }

  /** From `first` on as many as have `maxSize` characters in all; one in any case, if there is one. */
  batch(first: number, maxSize: number): Entry[] {
    let size = 0
    let end = first - this.#baseIndex - 1
    for (let entry = this.#entries[end]; entry; entry = this.#entries[++end]) {
      size += sizeOf(entry)
      if (size > maxSize && entry.index > first) break
    }
    return this.#entries.slice(first - this.#baseIndex - 1, end)
  }

  /**
   * The last index that is neither after `index` nor of a later term than `term`: where two logs may still agree when one of them ends
   * there. What is compacted away may agree. Terms only grow along a log, so it halves its way.
   */
  lastIndexWithin(index: number, term: number): number {
    if (index < this.#baseIndex) return index
    let low = this.#baseIndex
    let high = Math.min(index, this.lastIndex)
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.termAt(middle) ?? Number.POSITIVE_INFINITY) <= term) low = middle
      else high = middle - 1
    }
    return low
  }

  /** In force now, committed or not. */
  get membership(): Membership {
    return this.membershipAt(this.lastIndex)
  }

  /** Where the membership in force was decided; that of the base counts as decided there. */
  get membershipIndex(): number {
    return this.#memberships.at(-1)?.index ?? this.#baseIndex
  }

  membershipAt(index: number): Membership {
    const found = this.#memberships.findLast((one) => one.index <= index)
    if (!found) throw new RangeError(`the membership at ${index} was compacted away`)
    return found.membership
  }

  /** What was appended since the last call, to be written. */
  takeUnwritten(): Entry[] {
    const entries = this.slice(this.writtenIndex + 1, this.lastIndex)
    this.writtenIndex = this.lastIndex
    return entries
  }

  /** That entry and all before it are synced, unless it was overwritten since. */
  markStable({ index, term }: Entry): void {
    if (index > this.stableIndex && this.termAt(index) === term) this.stableIndex = index
  }

  /** Forgets everything up to and with `index`, which is in the log. */
  compact(index: number): void {
    if (index <= this.#baseIndex) return
    const term = this.termAt(index)
    if (term === undefined) throw new RangeError(`entry ${index} is not in the log`)
    const membership = this.membershipAt(index)
    this.#memberships = [{ index, membership }, ...this.#memberships.filter((one) => one.index > index)]
    this.#entries.splice(0, index - this.#baseIndex)
    this.#baseIndex = index
    this.#baseTerm = term
    this.writtenIndex = Math.max(this.writtenIndex, index)
    this.stableIndex = Math.max(this.stableIndex, index)
  }

  /** A snapshot replaces the log, all of it. */
  reset({ lastIncludedIndex, lastIncludedTerm, membership }: Snapshot): void {
    this.#entries = []
    this.#baseIndex = lastIncludedIndex
    this.#baseTerm = lastIncludedTerm
    this.#memberships = [{ index: lastIncludedIndex, membership }]
    this.writtenIndex = lastIncludedIndex
    this.stableIndex = lastIncludedIndex
  }
}

/**
 * Of a stored log what continues a snapshot: nothing if it has another entry where the snapshot ends, or ends before that (§7). Storage that
 * loads a snapshot keeps exactly this. Where it has a gap, a snapshot replaced what stands before.
 */
export function entriesAfter({ lastIncludedIndex, lastIncludedTerm }: Snapshot, stored: readonly Entry[]): Entry[] {
  const gap = stored.findLastIndex((entry, at) => at > 0 && entry.index !== (stored[at - 1]?.index ?? 0) + 1)
  const log = gap > 0 ? stored.slice(gap) : stored
  const [first] = log
  if (!first || first.index > lastIncludedIndex + 1) return []
  const start = lastIncludedIndex + 1 - first.index
  if (start > 0 && log[start - 1]?.term !== lastIncludedTerm) return []
  return log.slice(start)
}

/** What an entry takes beside its data, about. */
const ENTRY_SIZE = 50

/** In characters. */
export function sizeOf(entry: Entry): number {
  return entry.kind === 'data' ? ENTRY_SIZE + entry.data.length : ENTRY_SIZE
}
