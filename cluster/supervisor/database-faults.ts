// Carries out what faults make of database servers, and takes it back when they have ended. One change at a time; one that fails, since
// its server does not answer, is tried again.
import { setTimeout as delay } from 'node:timers/promises'
import { findFault } from '../../faults/catalogue.ts'
import type { ServerVerdict } from '../../faults/points.ts'
import type { InjectedFault } from '../control-plane/faults/contract.ts'
import type { PostgresCluster } from '../postgres/cluster.ts'
import { expirePassword, renewPasswords, setReplayDelay } from '../postgres/impairments.ts'

const RETRY_MS = 500

/** What is wrong, as a whole. */
export type DatabaseState = { replayDelayMs: ReadonlyMap<string, number>; expiredRoles: ReadonlySet<string> }

/** What these injections come to. Delays of one replica add up. */
export function stateUnder(
  faults: readonly Pick<InjectedFault, 'fault' | 'parameters' | 'nodes'>[],
  replicas: readonly string[],
): DatabaseState {
  const replayDelayMs = new Map<string, number>()
  const expiredRoles = new Set<string>()
  for (const { fault, parameters, nodes } of faults) {
    const verdict: ServerVerdict | undefined = findFault(fault)?.acts.server?.(parameters)
    if (verdict?.kind === 'expire-password') expiredRoles.add(verdict.role)
    if (verdict?.kind !== 'delay-replay') continue
    for (const name of nodes.filter((node) => replicas.includes(node))) {
      replayDelayMs.set(name, (replayDelayMs.get(name) ?? 0) + verdict.delayMs)
    }
  }
  return { replayDelayMs, expiredRoles }
}

export class DatabaseFaults {
  readonly #cluster: Pick<PostgresCluster, 'connect' | 'nodes'>
  #wanted: DatabaseState = { replayDelayMs: new Map(), expiredRoles: new Set() }
  readonly #delays = new Map<string, number>()
  readonly #expired = new Set<string>()
  #working: Promise<void> | undefined
  #isStopping = false

  constructor(cluster: Pick<PostgresCluster, 'connect' | 'nodes'>) {
    this.#cluster = cluster
  }

  /** Brings the servers to what these faults make of them, sooner or later. */
  apply(faults: readonly InjectedFault[]): void {
    const replicas = this.#cluster.nodes.filter(({ role }) => role === 'replica').map(({ name }) => name)
    this.#wanted = stateUnder(faults, replicas)
    this.#working ??= this.#work()
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#working
  }

  async #work(): Promise<void> {
    while (!this.#isStopping) {
      const wanted = this.#wanted
      try {
        await this.#reach(wanted)
        if (wanted === this.#wanted) break
      } catch {
        // Its clients report that a server does not answer.
        await delay(RETRY_MS)
      }
    }
    this.#working = undefined
  }

  async #reach({ replayDelayMs, expiredRoles }: DatabaseState): Promise<void> {
    for (const name of new Set([...this.#delays.keys(), ...replayDelayMs.keys()])) {
      const delayMs = replayDelayMs.get(name)
      if (delayMs === this.#delays.get(name)) continue
      await setReplayDelay(this.#cluster, name, delayMs)
      if (delayMs === undefined) this.#delays.delete(name)
      else this.#delays.set(name, delayMs)
    }
    for (const role of expiredRoles) {
      if (this.#expired.has(role)) continue
      this.#expired.add(role)
      await expirePassword(this.#cluster, role, this.#running())
    }
    for (const role of this.#expired) {
      if (expiredRoles.has(role)) continue
      await renewPasswords(this.#cluster, [role])
      this.#expired.delete(role)
    }
  }

  #running(): string[] {
    return this.#cluster.nodes.filter(({ state }) => state === 'ready').map(({ name }) => name)
  }
}
