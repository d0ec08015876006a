// A sorted set of series numbers in one typed array.

export class Postings {
  private ids: Uint32Array
  length = 0

  constructor(capacity = 4) {
    this.ids = new Uint32Array(capacity)
  }

  at(index: number): number {
    return this.ids[index]!
  }

  /** Adds a number that is not in the set; cheap when it is the greatest. */
  add(id: number): void {
    if (this.length === this.ids.length) {
      const larger = new Uint32Array(this.ids.length * 2)
      larger.set(this.ids)
      this.ids = larger
    }
    let at = this.length
    if (at > 0 && this.ids[at - 1]! > id) {
      at = this.firstNotBelow(id)
      this.ids.copyWithin(at + 1, at, this.length)
    }
    this.ids[at] = id
    this.length++
  }

  removeAll(gone: ReadonlySet<number>): void {
    let kept = 0
    for (let i = 0; i < this.length; i++) {
      const id = this.ids[i]!
      if (!gone.has(id)) this.ids[kept++] = id
    }
    this.length = kept
    if (kept * 4 < this.ids.length) this.ids = this.ids.slice(0, Math.max(4, kept))
  }

  /** The numbers of all sets that have no number in common, sorted. A single set is returned itself, not copied. */
  static union(sets: readonly Postings[]): Postings {
    const [only] = sets
    if (sets.length === 1 && only) return only
    let length = 0
    for (const set of sets) length += set.length
    const result = new Postings(Math.max(1, length))
    for (const set of sets) {
      result.ids.set(set.ids.subarray(0, set.length), result.length)
      result.length += set.length
    }
    result.ids.subarray(0, result.length).sort()
    return result
  }

  private firstNotBelow(id: number): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.ids[middle]! < id) low = middle + 1
      else high = middle
    }
    return low
  }
}
