// The injection point "caches": has everything that a node's caches hold run out at the same moment, again and again.
import type { ActiveFault } from '../control/active-fault.ts'
import { Deciders } from './deciders.ts'

export class CacheFaults {
  readonly #deciders = new Deciders('cache', '')
  readonly #expire = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  #everyMs = 0

  /** @param expire makes all entries of a cache run out now */
  watch(expire: () => void): void {
    this.#expire.add(expire)
  }

  apply(faults: readonly ActiveFault[]): void {
    this.#deciders.set(faults.filter(({ servers }) => servers === undefined))
    const everyMs = Math.min(
      ...this.#deciders.all.map(({ act, active }) => act(active.parameters).expireEveryMs),
      Number.POSITIVE_INFINITY,
    )
    const next = Number.isFinite(everyMs) ? everyMs : 0
    if (next === this.#everyMs) return
    this.#everyMs = next
    clearInterval(this.#timer)
    if (next === 0) return
    this.#expireAll()
    this.#timer = setInterval(() => this.#expireAll(), next)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #expireAll(): void {
    for (const expire of this.#expire) expire()
  }
}
