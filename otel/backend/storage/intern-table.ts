// Values that many records share (a resource, a scope, an operation), each kept once under its bytes and dropped with its last user.
import { mixHash, RefTable } from './ref-table.ts'

/** What an entry costs beside its bytes: its objects and decoded strings, measured on real resources. */
const ENTRY_OVERHEAD_BYTES = 1024
/** The copy of the key, and strings decoded from it. */
const BYTES_FACTOR = 3

/** Two ranges of one source make up a key: say a resource and its schema URL. */
export interface KeyRanges {
  bytes: Uint8Array
  start: number
  end: number
  tailStart: number
  tailEnd: number
}

interface Entry<T> {
  key: Buffer
  /** Bytes of the key that are of its first range. */
  headLength: number
  salt: number
  hash: number
  value: T
}

export class InternTable<T> {
  private readonly entries: (Entry<T> | undefined)[] = []
  private users = new Uint32Array(64)
  private readonly freeIds: number[] = []
  private readonly table = new RefTable()
  private readonly seed: number
  private keyBytes = 0

  constructor(seed: number) {
    this.seed = seed
  }

  get size(): number {
    return this.table.size
  }

  /** Bytes that the table takes: measured for arrays, estimated for objects. */
  get bytes(): number {
    return (
      this.keyBytes * BYTES_FACTOR + this.table.size * ENTRY_OVERHEAD_BYTES + this.table.bytes + this.users.length * 4
    )
  }

  /** Ids are below this; some may be free. */
  get idLimit(): number {
    return this.entries.length
  }

  /** The value of an id, or undefined when no one uses it. */
  value(id: number): T | undefined {
    return this.entries[id]?.value
  }

  /** The value of an id that a live record refers to. */
  get(id: number): T {
    // The caller holds a reference, so the entry is there.
    return this.entries[id]!.value
  }

  /** Finds or makes the entry of that key and counts one user of it. `salt` tells apart equal bytes of different meaning. */
  take(key: KeyRanges, salt: number, make: (key: Buffer) => T): number {
    const hash = this.hashOf(key, salt)
    for (let cell = this.table.first(hash); cell >= 0; cell = this.table.next(hash, cell)) {
      const id = this.table.ref(cell)
      if (this.matches(id, key, salt)) {
        this.users[id] = this.users[id]! + 1
        return id
      }
    }
    return this.insert(key, salt, hash, make)
  }

  /** Counts another user of an entry that the caller holds. */
  retain(id: number): void {
    this.users[id] = this.users[id]! + 1
  }

  /** Gives up one use; returns the value when it was the last, which frees the id. */
  release(id: number): T | undefined {
    const left = this.users[id]! - 1
    this.users[id] = left
    if (left > 0) return undefined
    // A counted entry is there.
    const entry = this.entries[id]!
    this.entries[id] = undefined
    this.table.remove(entry.hash, id)
    this.freeIds.push(id)
    this.keyBytes -= entry.key.length
    return entry.value
  }

  private insert(key: KeyRanges, salt: number, hash: number, make: (key: Buffer) => T): number {
    const { bytes, start, end, tailStart, tailEnd } = key
    const copy = Buffer.allocUnsafeSlow(end - start + tailEnd - tailStart)
    copy.set(bytes.subarray(start, end), 0)
    copy.set(bytes.subarray(tailStart, tailEnd), end - start)
    const id = this.freeIds.pop() ?? this.entries.length
    if (id >= this.users.length) {
      const larger = new Uint32Array(this.users.length * 2)
      larger.set(this.users)
      this.users = larger
    }
    this.entries[id] = { key: copy, headLength: end - start, salt, hash, value: make(copy) }
    this.users[id] = 1
    this.table.add(hash, id)
    this.keyBytes += copy.length
    return id
  }

  private hashOf(key: KeyRanges, salt: number): number {
    let hash = mixHash(mixHash(this.seed, salt), key.end - key.start)
    for (let i = key.start; i < key.end; i++) hash = Math.imul(hash ^ key.bytes[i]!, 0x01000193)
    for (let i = key.tailStart; i < key.tailEnd; i++) hash = Math.imul(hash ^ key.bytes[i]!, 0x01000193)
    return mixHash(hash, 0)
  }

  private matches(id: number, key: KeyRanges, salt: number): boolean {
    // The id came out of the table, so the entry is there.
    const entry = this.entries[id]!
    const { bytes, start, end, tailStart, tailEnd } = key
    if (entry.salt !== salt || entry.headLength !== end - start) return false
    if (entry.key.length !== entry.headLength + tailEnd - tailStart) return false
    let at = 0
    for (let i = start; i < end; i++) if (entry.key[at++] !== bytes[i]) return false
    for (let i = tailStart; i < tailEnd; i++) if (entry.key[at++] !== bytes[i]) return false
    return true
  }
}
