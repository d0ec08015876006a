// Simulated time: what happens when, in a binary heap. Of two events at the same time the one that was planned first comes first.

type Event = { at: number; order: number; run: () => void }

export class EventQueue {
  readonly #heap: Event[] = []
  #order = 0
  now = 0

  at(time: number, run: () => void): void {
    const heap = this.#heap
    const event = { at: Math.max(time, this.now), order: this.#order++, run }
    let index = heap.push(event) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (!above || !isBefore(event, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = event
  }

  after(delay: number, run: () => void): void {
    this.at(this.now + delay, run)
  }

  /** Lets everything happen up to `end`. */
  runUntil(end: number): void {
    for (let next = this.#heap[0]; next && next.at <= end; next = this.#heap[0]) {
      this.#removeFirst()
      this.now = next.at
      next.run()
    }
    this.now = Math.max(this.now, end)
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const [one, other] = [heap[left], heap[left + 1]]
      if (!one) break
      const [child, at] = other && isBefore(other, one) ? [other, left + 1] : [one, left]
      if (!isBefore(child, last)) break
      heap[index] = child
      index = at
    }
    heap[index] = last
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
