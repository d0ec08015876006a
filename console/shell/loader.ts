// Loads one thing, once at a time: a refresh never cancels what is under way, so that an answer that takes longer than the interval is
// still seen. Knows neither React nor time.

/** What became of a load; `started` comes first, each time. */
export type LoadReport<T> = { kind: 'started' } | { kind: 'loaded'; data: T } | { kind: 'failed'; error: Error }

export class Loader<T> {
  readonly #load: (signal: AbortSignal) => Promise<T>
  readonly #report: (report: LoadReport<T>) => void
  readonly #abort = new AbortController()
  #running = false
  #again = false

  /** @param report is not called once the loader is closed */
  constructor(load: (signal: AbortSignal) => Promise<T>, report: (report: LoadReport<T>) => void) {
    this.#load = load
    this.#report = report
  }

  /** Loads, unless that is under way: then the answer is waited for, and this refresh is left out. */
  refresh(): void {
    if (this.#running || this.#abort.signal.aborted) return
    this.#running = true
    void this.#run()
  }

  /** Loads after what is under way, whose answer may be of before a change. */
  reload(): void {
    if (this.#running) this.#again = true
    else this.refresh()
  }

  /** Cancels what is under way. Nothing is reported or loaded any more. */
  close(): void {
    this.#abort.abort()
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort
    do {
      this.#again = false
      this.#report({ kind: 'started' })
      const report = await this.#once(signal)
      if (signal.aborted) return
      this.#report(report)
    } while (this.#again)
    this.#running = false
  }

  async #once(signal: AbortSignal): Promise<LoadReport<T>> {
    try {
      return { kind: 'loaded', data: await this.#load(signal) }
    } catch (error) {
      return { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) }
    }
  }
}
