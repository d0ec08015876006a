// Carries out what faults make of database servers, and takes it back when they have ended. One change at a time; one that fails, since
// its server does not answer, is tried again, and keeps no other from being made. Whatever waits, waits for no longer than it is wanted.
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

const well: DatabaseState = { replayDelayMs: new Map(), expiredRoles: new Set() }

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
    failOver: (detectedAfterMs, signal) => cluster.failOver(detectedAfterMs, signal),
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
  #wanted: DatabaseState = well
  /** Whom the replicas follow. */
  #following: string
  readonly #delays = new Map<string, number>()
  /** Roles whose passwords have been changed, and what they are by now. */
  readonly #passwords = new Map<string, 'unknown' | 'expired' | 'valid'>()
  /** When another server took over, by the monotonic clock: the old primary stays away for some time from then. */
  #tookOverAtMs = 0
  #working: Promise<void> | undefined
  /** Aborted by news: what is being done was decided without them. */
  #news = new AbortController()
  /** Aborted when the failover under way is wanted no more. */
  #failingOver = new AbortController()
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
    if (!this.#isStopping) this.#want(stateUnder(faults, this.#replicas(), this.#home))
  }

  /** Takes back, sooner or later, whatever a process before this one has left, which ended without doing so. */
  takeAllBack(roles: readonly string[]): void {
    for (const name of this.#replicas()) this.#delays.set(name, UNKNOWN_MS)
    for (const role of roles) this.#passwords.set(role, 'unknown')
    this.#want(this.#wanted)
  }

  /** Resolves when the primary is the one that the next run begins with. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#want(well)
    await this.#working
    // What another has accepted meanwhile would be lost with it. A server that does not answer any more keeps nobody from stopping.
    await this.#choosePrimary().catch(() => undefined)
  }

  #want(state: DatabaseState): void {
    this.#wanted = state
    if (!state.failOver) this.#failingOver.abort()
    this.#news.abort()
    if (!this.#isStopping) this.#working ??= this.#work()
  }

  async #work(): Promise<void> {
    while (!this.#isStopping) {
      this.#news = new AbortController()
      const { signal } = this.#news
      // Its clients report that a server does not answer.
      const waitMs = await this.#reach(this.#wanted).catch(() => RETRY_MS)
      if (signal.aborted) continue
      if (waitMs === 0) break
      await delay(waitMs, undefined, { signal }).catch(() => undefined)
    }
    this.#working = undefined
  }

  /** Returns in how many ms there is more to do; 0 for nothing. */
  async #reach({ replayDelayMs, expiredRoles }: DatabaseState): Promise<number> {
    const delayed = new Set([...this.#delays.keys(), ...replayDelayMs.keys()])
    const outcomes = await Promise.allSettled([
      ...[...delayed].map((name) => this.#delay(name, replayDelayMs.get(name))),
      ...[...expiredRoles].map((role) => this.#expire(role)),
      ...[...this.#passwords.keys()].filter((role) => !expiredRoles.has(role)).map((role) => this.#renew(role)),
    ])
    // Last, for it takes longest. A server that does not answer keeps none of the others from what is to become of them.
    const waitMs = await this.#choosePrimary()
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    return waitMs
  }

  async #delay(name: string, delayMs: number | undefined): Promise<void> {
    if (delayMs === this.#delays.get(name)) return
    await setReplayDelay(this.#cluster, name, delayMs)
    if (delayMs === undefined) this.#delays.delete(name)
    else this.#delays.set(name, delayMs)
  }

  async #expire(role: string): Promise<void> {
    if (this.#passwords.get(role) === 'expired') return
    this.#passwords.set(role, 'unknown')
    await expirePassword(this.#cluster, role, this.#running())
    this.#passwords.set(role, 'expired')
  }

  async #renew(role: string): Promise<void> {
    if (this.#passwords.get(role) === 'valid') return
    this.#passwords.set(role, 'unknown')
    await renewPasswords(this.#cluster, [role])
    this.#passwords.set(role, 'valid')
  }

  /** Has the server take writes that is to do so by now; returns in how many ms there is more to do. */
  async #choosePrimary(): Promise<number> {
    if (!this.#promotions) return 0
    const { failOver } = this.#wanted
    const isHome = this.#cluster.primary.name === this.#home
    if (failOver && isHome) {
      this.#failingOver = new AbortController()
      await this.#promotions.failOver(failOver.detectedAfterMs, this.#failingOver.signal)
      this.#moved(this.#promotions)
      this.#tookOverAtMs = performance.now()
    }
    const awayMs = failOver ? this.#tookOverAtMs + failOver.backAfterMs - performance.now() : 0
    if (awayMs > 0) return awayMs
    if (!failOver && !isHome) {
      await this.#allBack(this.#promotions)
      await this.#promotions.switchOver(this.#home)
      this.#moved(this.#promotions)
    }
    await this.#allBack(this.#promotions)
    return 0
  }

  /** Whoever is down, or follows nobody any more, follows the primary. */
  async #allBack({ rejoin }: Promotions): Promise<void> {
    if (this.#following === this.#cluster.primary.name) return
    await rejoin()
    this.#following = this.#cluster.primary.name
    this.#forgetDone()
  }

  #moved({ promoted }: Promotions): void {
    promoted()
    this.#forgetDone()
  }

  /** Another server takes writes, or replicas were copied from it: who knows what of all that was done they have. */
  #forgetDone(): void {
    for (const name of this.#delays.keys()) this.#delays.set(name, UNKNOWN_MS)
    for (const role of this.#passwords.keys()) this.#passwords.set(role, 'unknown')
    this.#news.abort()
  }

  #replicas(): string[] {
    return this.#cluster.nodes.filter(({ role }) => role === 'replica').map(({ name }) => name)
  }

  #running(): string[] {
    return this.#cluster.nodes.filter(({ state }) => state === 'ready').map(({ name }) => name)
  }
}
