// What is in flight one way over a link: a queue that hands each item on after its delay, in order, one at a time.
// It knows nothing of sockets.

type Item = {
  dueMs: number
  bytes: number
  deliver: (done: () => void) => void
}

/** Timers may fire up to this much before the clock says so. */
const timerSlackMs = 1

export class DelayLine {
  readonly #items: Item[] = []
  #head = 0
  #bytes = 0
  #lastDueMs = 0
  #delivering = false
  #held = false
  #timer: NodeJS.Timeout | undefined
  #onDelivered: (() => void) | undefined

  /** True when nothing is in flight, so that a delay of 0 may bypass the line without overtaking. */
  get isEmpty(): boolean {
    return this.#head === this.#items.length && !this.#delivering
  }

  /** Bytes in flight, the item that is being delivered included. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Adds an item that becomes due after `delayMs`, but never before an item added earlier.
   * `deliver` must call `done` when the next item may follow.
   */
  add(delayMs: number, bytes: number, deliver: Item['deliver']): void {
    this.#lastDueMs = Math.max(this.#lastDueMs, performance.now() + delayMs)
    this.#items.push({ dueMs: this.#lastDueMs, bytes, deliver })
    this.#bytes += bytes
    if (!this.#delivering) this.#wake()
  }

  /** While held, nothing is delivered; what is due by then follows at once when it is not held any more. */
  hold(held: boolean): void {
    if (held === this.#held) return
    this.#held = held
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!held && !this.#delivering) this.#wake()
  }

  /** Calls back once, after the next item was delivered. */
  onDelivered(callback: () => void): void {
    this.#onDelivered = callback
  }

  /** Drops everything in flight. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#items.length = 0
    this.#head = 0
    this.#bytes = 0
    this.#onDelivered = undefined
  }

  #wake(): void {
    const next = this.#items[this.#head]
    if (!next || this.#timer || this.#held) return
    const waitMs = Math.max(0, Math.ceil(next.dueMs - performance.now()))
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#deliverDue()
    }, waitMs)
  }

  /** Delivers while items are due; an item that takes its time to be delivered goes on from its `done`. */
  #deliverDue(): void {
    while (!this.#delivering && !this.#held) {
      const item = this.#items[this.#head]
      if (!item) return
      if (item.dueMs > performance.now() + timerSlackMs) {
        this.#wake()
        return
      }
      this.#dropHead()
      this.#deliver(item)
    }
  }

  #deliver(item: Item): void {
    this.#delivering = true
    let returned = false
    item.deliver(() => {
      this.#delivering = false
      this.#bytes = Math.max(0, this.#bytes - item.bytes)
      const callback = this.#onDelivered
      this.#onDelivered = undefined
      callback?.()
      if (returned) this.#deliverDue()
    })
    returned = true
  }

  /** Takes the head out without moving the rest at each step. */
  #dropHead(): void {
    this.#head += 1
    if (this.#head === this.#items.length || this.#head > 64) {
      this.#items.splice(0, this.#head)
      this.#head = 0
    }
  }
}
