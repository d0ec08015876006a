// A hash table from a 32-bit hash to numbers, in two flat arrays: eight bytes an entry and nothing for the garbage collector.
// It knows no keys: the caller walks the numbers of a hash and compares. Hashes must be seeded by the caller where keys are hostile.

/** Marks a free cell; never stored as a reference. */
export const NO_REF = 0xffffffff

const MIN_CELLS = 64

export class RefTable {
  private hashes = new Uint32Array(MIN_CELLS)
  private refs = new Uint32Array(MIN_CELLS).fill(NO_REF)
  private used = 0

  get size(): number {
    return this.used
  }

  get bytes(): number {
    return this.refs.length * 8
  }

  /** Cell of the first entry of that hash, or -1. */
  first(hash: number): number {
    return this.probe(hash >>> 0, hash & (this.refs.length - 1))
  }

  /** Cell of the next entry of the same hash, or -1. */
  next(hash: number, cell: number): number {
    return this.probe(hash >>> 0, (cell + 1) & (this.refs.length - 1))
  }

  ref(cell: number): number {
    return this.refs[cell]!
  }

  add(hash: number, ref: number): void {
    if ((this.used + 1) * 4 > this.refs.length * 3) this.resize(this.refs.length * 2)
    this.put(hash >>> 0, ref)
    this.used++
  }

  /** Removes the entry of that hash and reference, if it is there. */
  remove(hash: number, ref: number): void {
    let cell = this.first(hash)
    while (cell >= 0 && this.refs[cell] !== ref) cell = this.next(hash, cell)
    if (cell < 0) return
    this.used--
    this.closeGap(cell)
    // Far below the point of growth, so that a store at its limit does not resize back and forth.
    if (this.refs.length > MIN_CELLS && this.used * 8 < this.refs.length) this.resize(this.refs.length / 2)
  }

  private probe(hash: number, from: number): number {
    const { hashes, refs } = this
    const mask = refs.length - 1
    for (let cell = from; refs[cell] !== NO_REF; cell = (cell + 1) & mask) {
      if (hashes[cell] === hash) return cell
    }
    return -1
  }

  private put(hash: number, ref: number): void {
    const mask = this.refs.length - 1
    let cell = hash & mask
    while (this.refs[cell] !== NO_REF) cell = (cell + 1) & mask
    this.hashes[cell] = hash
    this.refs[cell] = ref
  }

  /** Moves later entries of the run back, so that no tombstone is needed. */
  private closeGap(gap: number): void {
    const { hashes, refs } = this
    const mask = refs.length - 1
    let hole = gap
    for (let cell = (gap + 1) & mask; refs[cell] !== NO_REF; cell = (cell + 1) & mask) {
      const home = hashes[cell]! & mask
      // An entry may move into the hole only if the hole lies between its home and itself.
      if (((cell - home) & mask) >= ((cell - hole) & mask)) {
        hashes[hole] = hashes[cell]!
        refs[hole] = refs[cell]!
        hole = cell
      }
    }
    refs[hole] = NO_REF
  }

  private resize(cells: number): void {
    const { hashes, refs } = this
    this.hashes = new Uint32Array(cells)
    this.refs = new Uint32Array(cells).fill(NO_REF)
    for (let cell = 0; cell < refs.length; cell++) {
      if (refs[cell] !== NO_REF) this.put(hashes[cell]!, refs[cell]!)
    }
  }
}

/** Mixes 32-bit words into a well-spread hash (the finalizer of MurmurHash3 after each word). */
export function mixHash(hash: number, word: number): number {
  let mixed = Math.imul(hash ^ word, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
