// The injection point "connection pool": takes connections out of a pool without using them, and keeps the others after their use.
// What waits for them waits as it does for any that are in use.
import type { Pool, PoolClient } from 'pg'
import type { ActiveFault } from '../control/active-fault.ts'
import { Deciders } from './deciders.ts'

export class PoolFaults {
  readonly #deciders: Deciders<'pool'>
  readonly #pools = new Map<Pool, PoolClient[]>()
  readonly #kept = new Map<NodeJS.Timeout, () => void>()
  /** Grows with each change: what was asked for earlier is given back when it comes. */
  #round = 0

  constructor(node: string) {
    this.#deciders = new Deciders('pool', node)
  }

  /** Has the pool follow the faults. It must be watched before it is closed, and not after. */
  watch(pool: Pool): void {
    this.#pools.set(pool, [])
    this.#take(pool)
  }

  apply(faults: readonly ActiveFault[]): void {
    const before = this.#deciders.all
    this.#deciders.set(faults.filter(({ servers }) => servers === undefined))
    if (this.#deciders.all === before) return
    this.#round += 1
    for (const timer of [...this.#kept.keys()]) this.#letGo(timer)
    for (const pool of this.#pools.keys()) {
      this.#giveBack(pool)
      this.#take(pool)
    }
  }

  /** Releases a connection that has been used: at once, or after as long as it is kept. */
  afterUse(release: () => void): void {
    const holdMs = this.#verdicts().reduce((most, verdict) => Math.max(most, verdict.holdMs), 0)
    if (holdMs === 0) {
      release()
      return
    }
    const timer = setTimeout(() => this.#letGo(timer), holdMs)
    this.#kept.set(timer, release)
  }

  close(): void {
    this.apply([])
  }

  #letGo(timer: NodeJS.Timeout): void {
    clearTimeout(timer)
    const release = this.#kept.get(timer)
    this.#kept.delete(timer)
    release?.()
  }

  #verdicts() {
    return this.#deciders.all.map(({ act, active }) => act(active.parameters))
  }

  #take(pool: Pool): void {
    const round = this.#round
    const leave = Math.min(pool.options.max, ...this.#verdicts().map((verdict) => verdict.leave))
    for (let taken = leave; taken < pool.options.max; taken++) {
      pool.connect().then(
        (client) => {
          if (round === this.#round) this.#pools.get(pool)?.push(client)
          else client.release()
        },
        // There is none to be had, which is what was wanted.
        () => {},
      )
    }
  }

  #giveBack(pool: Pool): void {
    // Ended, not reused: what became of them meanwhile is not known.
    for (const client of this.#pools.get(pool)?.splice(0) ?? []) client.release(true)
  }
}
