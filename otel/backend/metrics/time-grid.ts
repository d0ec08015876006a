// Work that is due at regular times: when it is due, and a timer that keeps to it.

/** The first time after `nowMs` that is `offsetMs` past a multiple of the interval. */
export function nextOnGrid(nowMs: number, intervalMs: number, offsetMs: number): number {
  return (Math.floor((nowMs - offsetMs) / intervalMs) + 1) * intervalMs + offsetMs
}

/** A place within the interval, by a key, so that not all work is due at once. */
export function offsetOf(key: string, intervalMs: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % Math.max(1, Math.floor(intervalMs))
}

export interface GridTimerOptions {
  intervalMs: number
  offsetMs: number
  /** Milliseconds since the epoch. */
  now: () => number
  /** Gets the time it was due at. Must not throw or reject. */
  run: (dueMs: number) => void | Promise<void>
}

/** Runs at each time of the grid, one run at a time: what falls due during a run is left out. Keeps no process alive. */
export class GridTimer {
  private readonly options: GridTimerOptions
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> = Promise.resolve()
  private stopped = false

  constructor(options: GridTimerOptions) {
    this.options = options
  }

  start(): void {
    const { intervalMs, offsetMs, now, run } = this.options
    const nowMs = now()
    const dueMs = nextOnGrid(nowMs, intervalMs, offsetMs)
    this.timer = setTimeout(() => {
      this.running = Promise.resolve(run(dueMs)).then(() => {
        if (!this.stopped) this.start()
      })
    }, dueMs - nowMs)
    this.timer.unref()
  }

  get isStopped(): boolean {
    return this.stopped
  }

  /** Resolves when the run under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    await this.running
  }
}
