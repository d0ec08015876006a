// What a server writes, in its order, and what waits until it is synced: one sync for all that was written when it began.

import type { Membership } from '../raft/messages.ts'
import { Disk, type Write } from './disk.ts'
import type { World } from './world.ts'

export class WriteQueue {
  readonly disk: Disk
  readonly #world: World
  readonly #later: (delay: number, todo: () => void) => void
  #waiting: (() => void)[] = []
  #isSyncing = false
  /** Added to a sync's time at most. */
  slowdown = 0

  /** `later` does it after a delay, unless the process ends before. */
  constructor(members: Membership, world: World, later: (delay: number, todo: () => void) => void) {
    this.disk = new Disk(members)
    this.#world = world
    this.#later = later
  }

  /** Then `done`, when it and all before it are synced; null: nothing is to be written. */
  write(write: Write | null, done: () => void): void {
    if (write) this.disk.write(write)
    if (this.#world.mutant.skipsSync) {
      done()
      if (write) this.#add(() => {})
    } else if (write || this.#waiting.length > 0) {
      this.#add(done)
    } else {
      done()
    }
  }

  /** The process ended. */
  clear(): void {
    this.#waiting = []
    this.#isSyncing = false
  }

  #add(done: () => void): void {
    this.#waiting.push(done)
    this.#sync()
  }

  #sync(): void {
    if (this.#isSyncing || this.#waiting.length === 0) return
    const { random, climate } = this.#world
    const [writes, waiting] = [this.disk.unsynced, this.#waiting.length]
    this.#isSyncing = true
    this.#later(random.between(climate.syncDelay.min, climate.syncDelay.max + this.slowdown), () => {
      this.#isSyncing = false
      this.disk.sync(writes)
      for (const done of this.#waiting.splice(0, waiting)) done()
      this.#sync()
    })
  }
}
