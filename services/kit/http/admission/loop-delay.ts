// How late the event loop is at this moment, for a server that has to decide about one more request.
// The metrics' own measure looks back to the last scrape; this one forgets as soon as the loop is on time again.

const PROBE_EVERY_MS = 20

export class LoopDelay {
  #timer: NodeJS.Timeout | undefined
  #dueAtMs = 0
  #lastMs = 0

  /** Measures from the first time that it is asked, until it is stopped. In ms. */
  now(): number {
    if (this.#timer === undefined) this.#probe()
    // A probe that is due and has not run says it before it runs.
    return Math.max(this.#lastMs, performance.now() - this.#dueAtMs)
  }

  stop(): void {
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#lastMs = 0
  }

  #probe(): void {
    this.#dueAtMs = performance.now() + PROBE_EVERY_MS
    this.#timer = setTimeout(() => {
      this.#lastMs = Math.max(0, performance.now() - this.#dueAtMs)
      this.#probe()
    }, PROBE_EVERY_MS)
    this.#timer.unref()
  }
}
