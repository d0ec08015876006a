// Memory of a store: slabs of one size, filled in order of arrival and given up oldest first. In a slab, rows of fixed width grow from
// the front and their bodies from the back, so that it is full whatever the size of the bodies. Slabs are counted whole.

export class Slab {
  readonly words: Uint32Array
  readonly bytes: Buffer
  readonly rowWords: number
  rowCount = 0
  /** Bodies occupy the bytes from here to the end. */
  tail: number

  constructor(size: number, rowWords: number) {
    const memory = new ArrayBuffer(size)
    this.words = new Uint32Array(memory)
    this.bytes = Buffer.from(memory)
    this.rowWords = rowWords
    this.tail = size
  }

  hasRoom(bodyBytes: number): boolean {
    return (this.rowCount + 1) * this.rowWords * 4 + bodyBytes <= this.tail
  }

  /** Takes a row and room for its body, which begins at `tail`. The caller has asked `hasRoom`. Returns the row's number. */
  take(bodyBytes: number): number {
    this.tail -= bodyBytes
    return this.rowCount++
  }

  clear(): void {
    this.rowCount = 0
    this.tail = this.bytes.length
  }
}

/** A row is referred to by one number: its slab's slot and its row there. 14 bits hold the rows of a slab of 1 MiB. */
export const ROW_BITS = 14
export const ROW_MASK = (1 << ROW_BITS) - 1
/** Refers to no row. */
export const NO_ROW = 0xffffffff

const MAX_SLAB_BYTES = 1024 * 1024
const MIN_SLAB_BYTES = 64 * 1024

/** A slab's size for a budget: a hundredth of it or so, in whole pages. */
export function slabBytesFor(budgetBytes: number): number {
  const wanted = Math.floor(budgetBytes / 64 / 4096) * 4096
  return Math.min(MAX_SLAB_BYTES, Math.max(MIN_SLAB_BYTES, wanted))
}

export class SlabRing {
  readonly slabBytes: number
  private readonly rowWords: number
  /** By slot; a slot without a slab is free. */
  private readonly slots: (Slab | undefined)[] = []
  private readonly freeSlots: number[] = []
  /** Slots in order of age. */
  private order: number[] = []
  private spare: Slab | undefined

  constructor(slabBytes: number, rowWords: number) {
    this.slabBytes = slabBytes
    this.rowWords = rowWords
  }

  get count(): number {
    return this.order.length
  }

  /** Bytes taken from the system, a spare slab included. */
  get allocatedBytes(): number {
    return (this.order.length + (this.spare ? 1 : 0)) * this.slabBytes
  }

  get newestSlot(): number | undefined {
    return this.order.at(-1)
  }

  get oldestSlot(): number | undefined {
    return this.order[0]
  }

  /** The slab of a slot that is in use. */
  slab(slot: number): Slab {
    // Slots come from row references and from `order`, both of live slabs.
    return this.slots[slot]!
  }

  /** Slots from the oldest to the newest. */
  slotsByAge(): readonly number[] {
    return this.order
  }

  /** Bytes that `add` would take from the system. */
  get growthBytes(): number {
    return this.spare ? 0 : this.slabBytes
  }

  /** Appends an empty slab and returns its slot. */
  add(): number {
    const slab = this.spare ?? new Slab(this.slabBytes, this.rowWords)
    this.spare = undefined
    const slot = this.freeSlots.pop() ?? this.slots.length
    this.slots[slot] = slab
    this.order.push(slot)
    return slot
  }

  /** Gives up the oldest slab; its memory is kept for the next one, if none is kept yet. */
  dropOldest(): void {
    const slot = this.order.shift()
    if (slot === undefined) return
    const slab = this.slab(slot)
    this.slots[slot] = undefined
    this.freeSlots.push(slot)
    if (this.spare) return
    slab.clear()
    this.spare = slab
  }

  /** Gives the spare slab back to the system. */
  trim(): void {
    this.spare = undefined
  }
}
