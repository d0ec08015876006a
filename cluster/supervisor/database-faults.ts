// Carries out what faults make of database servers, and takes it back when they have ended. One change at a time; one that fails, since
// its server does not answer, is tried again.
import { setTimeout as delay } from 'node:timers/promises'
import { findFault } from '../../faults/catalogue.ts'
import type { ServerVerdict } from '../../faults/points.ts'
import type { InjectedFault } from '../control-plane/faults/contract.ts'
import type { PostgresCluster } from '../postgres/cluster.ts'
import { expirePassword, renewPasswords, setReplayDelay } from '../postgres/impairments.ts'
import type { PostgresServer } from '../postgres/server.ts'

const RETRY_MS = 500

/** What is wrong, as a whole. */
export type DatabaseState = {
  replayDelayMs: ReadonlyMap<string, number>
  expiredRoles: ReadonlySet<string>
  failOver?: Extract<ServerVerdict, { kind: 'fail-over' }>
}

/** What these injections come to. Delays of one replica add up. */
export function stateUnder(
  faults: readonly Pick<InjectedFault, 'fault' | 'parameters' | 'nodes'>[],
  replicas: readonly string[],
  home: string,
): DatabaseState {
  const replayDelayMs = new Map<string, number>()
  const expiredRoles = new Set<string>()
  let failOver: DatabaseState['failOver']
  for (const { fault, parameters, nodes } of faults) {
    const verdict: ServerVerdict | undefined = findFault(fault)?.acts.server?.(parameters)
    if (verdict?.kind === 'fail-over' && nodes.includes(home)) failOver = verdict
    if (verdict?.kind === 'expire-password') expiredRoles.add(verdict.role)
    if (verdict?.kind !== 'delay-replay') continue
    for (const name of nodes.filter((node) => replicas.includes(node))) {
      replayDelayMs.set(name, (replayDelayMs.get(name) ?? 0) + verdict.delayMs)
    }
  }
  return { replayDelayMs, expiredRoles, ...(failOver ? { failOver } : {}) }
}

type Suffering = Pick<PostgresCluster, 'connect' | 'nodes' | 'primary' | 'failOver' | 'switchOver' | 'rejoin'>

export class DatabaseFaults {
  readonly #cluster: Suffering
  /** The primary while all is well. */
  readonly #home: string
  readonly #promoted: (primary: PostgresServer) => void
  #wanted: DatabaseState = { replayDelayMs: new Map(), expiredRoles: new Set() }
  /** Whom the replicas follow. */
  #following: string
  readonly #delays = new Map<string, number>()
  readonly #expired = new Set<string>()
  #working: Promise<void> | undefined
  #isStopping = false

  /** @param promoted called when another server takes writes */
  constructor(cluster: Suffering, promoted: (primary: PostgresServer) => void) {
    this.#cluster = cluster
    this.#home = cluster.primary.name
    this.#promoted = promoted
    this.#following = this.#home
  }

  /** Brings the servers to what these faults make of them, sooner or later. */
  apply(faults: readonly InjectedFault[]): void {
    const replicas = this.#cluster.nodes.filter(({ role }) => role === 'replica').map(({ name }) => name)
    this.#wanted = stateUnder(faults, replicas, this.#home)
    this.#working ??= this.#work()
  }

  /** Resolves when the primary is the one that the next run begins with. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#working
    // What another has accepted meanwhile would be lost with it. A server that does not answer any more keeps nobody from stopping.
    await this.#choosePrimary(undefined).catch(() => undefined)
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

  async #reach({ replayDelayMs, expiredRoles, failOver }: DatabaseState): Promise<void> {
    await this.#choosePrimary(failOver)
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

  async #choosePrimary(failOver: DatabaseState['failOver']): Promise<void> {
    const isHome = this.#cluster.primary.name === this.#home
    if (failOver && isHome) {
      this.#promoted(await this.#cluster.failOver(failOver.detectedAfterMs))
      await delay(failOver.backAfterMs)
    }
    if (!failOver && !isHome) {
      await this.#allBack()
      await this.#cluster.switchOver(this.#home)
      this.#promoted(this.#cluster.primary)
    }
    await this.#allBack()
  }

  /** Whoever is down, or follows nobody any more, follows the primary. */
  async #allBack(): Promise<void> {
    if (this.#following === this.#cluster.primary.name) return
    await this.#cluster.rejoin()
    this.#following = this.#cluster.primary.name
  }

  #running(): string[] {
    return this.#cluster.nodes.filter(({ state }) => state === 'ready').map(({ name }) => name)
  }
}
