// The injection point "process": starts what a fault does to this process when it begins, and stops it when it has ended.
import { findFault } from '../../../faults/catalogue.ts'
import type { ProcessVerdict } from '../../../faults/points.ts'
import { createRandom, seedFor } from '../../../faults/random.ts'
import type { BalancedCaller } from '../calls/balanced-caller.ts'
import { type ActiveFault, keyOf } from '../control/active-fault.ts'
import { block } from './process/block.ts'
import { burn } from './process/burn.ts'
import { takeDescriptors } from './process/descriptors.ts'
import { flood } from './process/flood.ts'
import { kill } from './process/kill.ts'
import { retain } from './process/retain.ts'
import { stopProcess } from './process/stop.ts'

/** The process and what stands around it. */
export type Surroundings = {
  node: string
  control: { url: string; token: string }
  /** Closes connections of callers that are idle. */
  closeIdleConnections: () => void
  /** A caller of a kind of node, of which nothing is measured. */
  caller: (callee: string) => BalancedCaller
}

/** What an effect needs to know of its fault. */
export type Effect = { instance: string; remainingMs: number; surroundings: Surroundings }

/** Starts an effect; returns how to end it. */
type Start<K extends ProcessVerdict['kind']> = (
  verdict: Extract<ProcessVerdict, { kind: K }>,
  effect: Effect,
) => () => void

const effects: { [K in Exclude<ProcessVerdict['kind'], 'none'>]: Start<K> } = {
  kill,
  stop: stopProcess,
  burn,
  block,
  retain,
  'take-descriptors': takeDescriptors,
  flood,
}

export class ProcessFaults {
  readonly #surroundings: Surroundings
  readonly #running = new Map<string, () => void>()
  /** Those that this process knows: news of one over another stream does not begin it again. */
  readonly #known = new Set<string>()

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  apply(faults: readonly ActiveFault[]): void {
    const keys = new Set(faults.map(keyOf))
    for (const [key, end] of this.#running) {
      if (keys.has(key)) continue
      this.#running.delete(key)
      end()
    }
    for (const key of this.#known) if (!keys.has(key)) this.#known.delete(key)
    for (const fault of faults) if (!this.#known.has(keyOf(fault))) this.#begin(fault)
  }

  close(): void {
    this.apply([])
  }

  #begin(active: ActiveFault): void {
    const key = keyOf(active)
    this.#known.add(key)
    const decide = findFault(active.fault)?.acts.process
    // A database server's processes are not here.
    if (!decide || active.servers) return
    const random = createRandom(seedFor(active.seed, this.#surroundings.node, 'process'))
    const verdict = decide({ again: active.again }, active.parameters, random)
    if (verdict.kind === 'none') return
    const { instance, remainingMs } = active
    // The registry has, for each kind of verdict, the one who takes it.
    const start = effects[verdict.kind] as Start<typeof verdict.kind>
    this.#running.set(key, start(verdict as never, { instance, remainingMs, surroundings: this.#surroundings }))
  }
}
