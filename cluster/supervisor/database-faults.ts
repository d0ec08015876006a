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
/** A delay that is none of those that may be wanted. */
const UNKNOWN_MS = -1

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

/** The servers, whoever runs them. */
export type Suffering = Pick<PostgresCluster, 'connect'> & {
  readonly nodes: readonly Pick<PostgresServer, 'name' | 'role' | 'state'>[]
  /** Who takes writes at present. */
  readonly primary: Pick<PostgresServer, 'name'>
}

/** How writes move to another server: for those who start and stop servers. */
export type Promotions = Pick<PostgresCluster, 'failOver' | 'switchOver' | 'rejoin'> & {
  /** Another server takes writes. */
  promoted(): void
}

/** @param promoted called when another server takes writes */
export function promotionsOf(
  cluster: Pick<PostgresCluster, 'primary' | 'failOver' | 'switchOver' | 'rejoin'>,
  promoted: (primary: PostgresServer) => void,
): Promotions {
  return {
    failOver: (detectedAfterMs) => cluster.failOver(detectedAfterMs),
    switchOver: (name) => cluster.switchOver(name),
    rejoin: () => cluster.rejoin(),
    promoted: () => promoted(cluster.primary),
  }
}

export class DatabaseFaults {
  readonly #cluster: Suffering
  /** The primary while all is well. */
  readonly #home: string
  readonly #promotions: Promotions | undefined
  #wanted: DatabaseState = { replayDelayMs: new Map(), expiredRoles: new Set() }
  /** Whom the replicas follow. */
  #following: string
  readonly #delays = new Map<string, number>()
  /** Roles whose passwords have to be renewed at the end. */
  readonly #expired = new Map<string, 'begun' | 'done'>()
  #working: Promise<void> | undefined
  #isStopping = false

  /** @param promotions without them the primary stays the primary, whatever is asked for */
  constructor(cluster: Suffering, promotions?: Promotions) {
    this.#cluster = cluster
    this.#home = cluster.primary.name
    this.#promotions = promotions
    this.#following = this.#home
  }

  /** Brings the servers to what these faults make of them, sooner or later. */
  apply(faults: readonly InjectedFault[]): void {
    this.#wanted = stateUnder(faults, this.#replicas(), this.#home)
    this.#working ??= this.#work()
  }

  /** Takes back, sooner or later, whatever a process before this one has left, which ended without doing so. */
  takeAllBack(roles: readonly string[]): void {
    for (const name of this.#replicas()) this.#delays.set(name, UNKNOWN_MS)
    for (const role of roles) this.#expired.set(role, 'begun')
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
    const delayed = new Set([...this.#delays.keys(), ...replayDelayMs.keys()])
    const outcomes = await Promise.allSettled([
      ...[...delayed].map((name) => this.#delay(name, replayDelayMs.get(name))),
      ...[...expiredRoles].map((role) => this.#expire(role)),
      ...[...this.#expired.keys()].filter((role) => !expiredRoles.has(role)).map((role) => this.#renew(role)),
    ])
    // A server that does not answer keeps none of the others from what is to become of them.
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }

  async #delay(name: string, delayMs: number | undefined): Promise<void> {
    if (delayMs === this.#delays.get(name)) return
    await setReplayDelay(this.#cluster, name, delayMs)
    if (delayMs === undefined) this.#delays.delete(name)
    else this.#delays.set(name, delayMs)
  }

  async #expire(role: string): Promise<void> {
    if (this.#expired.get(role) === 'done') return
    this.#expired.set(role, 'begun')
    await expirePassword(this.#cluster, role, this.#running())
    this.#expired.set(role, 'done')
  }

  async #renew(role: string): Promise<void> {
    await renewPasswords(this.#cluster, [role])
    this.#expired.delete(role)
  }

  async #choosePrimary(failOver: DatabaseState['failOver']): Promise<void> {
    if (!this.#promotions) return
    const isHome = this.#cluster.primary.name === this.#home
    if (failOver && isHome) {
      await this.#promotions.failOver(failOver.detectedAfterMs)
      this.#promotions.promoted()
      await delay(failOver.backAfterMs)
    }
    if (!failOver && !isHome) {
      await this.#allBack(this.#promotions)
      await this.#promotions.switchOver(this.#home)
      this.#promotions.promoted()
    }
    await this.#allBack(this.#promotions)
  }

  /** Whoever is down, or follows nobody any more, follows the primary. */
  async #allBack({ rejoin }: Promotions): Promise<void> {
    if (this.#following === this.#cluster.primary.name) return
    await rejoin()
    this.#following = this.#cluster.primary.name
  }

  #replicas(): string[] {
    return this.#cluster.nodes.filter(({ role }) => role === 'replica').map(({ name }) => name)
  }

  #running(): string[] {
    return this.#cluster.nodes.filter(({ state }) => state === 'ready').map(({ name }) => name)
  }
}
