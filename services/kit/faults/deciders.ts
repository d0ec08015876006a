// The active faults that act at one point, each with its randomness: what the points have in common.
import { findFault } from '../../../faults/catalogue.ts'
import type { Acts } from '../../../faults/points.ts'
import { createRandom, type Random, seedFor } from '../../../faults/random.ts'
import { type ActiveFault, fingerprintOf, keyOf } from '../control/active-fault.ts'

type Point =
  | 'inbound'
  | 'statement'
  | 'clock'
  | 'fetch'
  | 'delivery'
  | 'answered'
  | 'cache'
  | 'telemetry'
  | 'route'
  | 'pool'
  | 'version'
  | 'session'
type Act<K extends Point> = NonNullable<Acts<Record<string, unknown>>[K]>

export type Decider<K extends Point> = {
  active: ActiveFault
  act: Act<K>
  random: Random
  /** By the monotonic clock. */
  beganAtMs: number
}

export class Deciders<K extends Point> {
  readonly #point: K
  readonly #node: string
  #fingerprint = ''
  #all: readonly Decider<K>[] = []

  constructor(point: K, node: string) {
    this.#point = point
    this.#node = node
  }

  /** Those that act here; empty nearly always. */
  get all(): readonly Decider<K>[] {
    return this.#all
  }

  /** Takes over the faults of a document; those that stay go on in their random sequence. */
  set(faults: readonly ActiveFault[]): void {
    const fingerprint = faults.length === 0 ? '' : fingerprintOf(faults)
    if (fingerprint === this.#fingerprint) return
    this.#fingerprint = fingerprint
    const before = new Map(this.#all.map((decider) => [keyOf(decider.active), decider]))
    this.#all = faults.flatMap((active) => {
      const act = findFault(active.fault)?.acts[this.#point]
      if (!act) return []
      const known = before.get(keyOf(active))
      const random = known?.random ?? createRandom(seedFor(active.seed, this.#node, this.#point))
      const beganAtMs = known?.beganAtMs ?? performance.now() - active.sinceMs
      // The catalogue's own function for this very point.
      return [{ active, act: act as Act<K>, random, beganAtMs }]
    })
  }
}
