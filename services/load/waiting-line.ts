// Shoppers who think, in the order in which they are ready for their next step: a binary heap.

export class WaitingLine<T> {
  readonly #heap: { atMs: number; item: T }[] = []

  get length(): number {
    return this.#heap.length
  }

  add(item: T, atMs: number): void {
    const heap = this.#heap
    let index = heap.push({ atMs, item }) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.#at(parent) <= this.#at(index)) break
      this.#swap(index, parent)
      index = parent
    }
  }

  /** Whoever is ready first, if that is by `nowMs`. */
  takeReady(nowMs: number): T | undefined {
    const heap = this.#heap
    const [first] = heap
    if (!first || first.atMs > nowMs) return undefined
    const last = heap.pop()
    if (last && heap.length > 0) {
      heap[0] = last
      this.#sink()
    }
    return first.item
  }

  #sink(): void {
    let index = 0
    for (;;) {
      const left = index * 2 + 1
      const smaller = this.#at(left + 1) < this.#at(left) ? left + 1 : left
      if (this.#at(smaller) >= this.#at(index)) return
      this.#swap(index, smaller)
      index = smaller
    }
  }

  /** Beyond the end everything is later than anything. */
  #at(index: number): number {
    return this.#heap[index]?.atMs ?? Number.POSITIVE_INFINITY
  }

  #swap(one: number, other: number): void {
    const [a, b] = [this.#heap[one], this.#heap[other]]
    if (!a || !b) return
    this.#heap[one] = b
    this.#heap[other] = a
  }
}
