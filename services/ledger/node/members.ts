// Who is a member: a node that is none asks to become one, a leader admits it and removes those that are to leave, one change at a time.
// A leader that stands far from the others hands over to a voter that stands better, for its place is what every charge waits for.
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import type { Logger } from '../../../otel/sdk/logger.ts'
import { type Caller, callerOf } from '../../kit/calls/caller.ts'
import type { ControlDocument, Endpoint } from '../../kit/control/document.ts'
import { withoutScope } from '../../kit/http/deadline.ts'
import { createLedgerClient } from '../client.ts'
import type { MembershipChange, ProposeResult, Status } from '../raft/api.ts'
import { instanceOf } from './identity.ts'
import { bestPlace, type Place } from './placement.ts'

/** How often membership is looked at. */
export const MEMBERS_EVERY_MS = 300
/** A new leader stays where it is for so long: what was wrong with the better place may not be over. */
const SETTLED_MS = 5_000

export type MembersDeps = {
  id: string
  caller: Caller
  control: { document(): ControlDocument }
  status(): Status
  propose(change: MembershipChange): ProposeResult
  transfer(to: string): void
  log: Logger
  /** This node was a member and was removed, as it was told to leave. */
  onLeft(): void
}

export class Members {
  readonly #deps: MembersDeps
  #leadsSinceMs: number | undefined
  #left = false
  #saidAlone = false

  constructor(deps: MembersDeps) {
    this.#deps = deps
  }

  /** One look at what is to be done; call it every MEMBERS_EVERY_MS. Never rejects. */
  async turn(): Promise<void> {
    const status = this.#deps.status()
    const { id, log } = this.#deps
    if (status.role === 'leader') {
      this.#leadsSinceMs ??= performance.now()
      return this.#lead(status)
    }
    this.#leadsSinceMs = undefined
    const work = this.#isLeaving(id) ? this.#leave() : isVoter(status, id) ? undefined : this.#join()
    await work?.catch((error: unknown) => log.debug({ err: error }, 'membership: asked in vain; it is tried again'))
  }

  /** The leader's answer to a node that wants to be a member: what it is now. */
  admit(id: string): 'voter' | 'learner' | 'pending' {
    const { status, propose } = this.#deps
    const { membership } = status()
    const { voters, learners } = membership
    if (voters.includes(id)) return 'voter'
    if (learners.includes(id)) return propose({ kind: 'promote', id }).kind === 'appended' ? 'pending' : 'learner'
    // The same node under the name of a disk that it lost.
    const old = [...voters, ...learners].find((member) => instanceOf(member) === instanceOf(id))
    propose(old === undefined ? { kind: 'add-learner', id } : { kind: 'remove', id: old })
    return 'pending'
  }

  #lead(status: Status): void {
    const { id, propose, transfer, log } = this.#deps
    const { voters, learners } = status.membership
    const leaving = [...voters, ...learners].find((member) => this.#isLeaving(member) && member !== id)
    if (leaving !== undefined) {
      if (propose({ kind: 'remove', id: leaving }).kind === 'appended') log.info({ member: leaving }, 'member removed')
      return
    }
    const ready = status.followers.filter(({ id: follower, active, matchIndex }) => {
      return active && voters.includes(follower) && !this.#isLeaving(follower) && matchIndex >= status.commitIndex
    })
    const settled = performance.now() - (this.#leadsSinceMs ?? 0) > SETTLED_MS
    if (!settled && !this.#isLeaving(id)) return
    const places = this.#placesOf(voters)
    const candidates = ready.map((follower) => follower.id)
    const better = this.#isLeaving(id)
      ? candidates[0]
      : bestPlace(places, [id, ...candidates], this.#deps.control.document().delays)
    if (better === undefined || better === id) return
    log.info({ to: better }, 'leadership is handed to a place that is nearer to a majority')
    this.#leadsSinceMs = performance.now()
    transfer(better)
  }

  async #join(): Promise<void> {
    const { id, log } = this.#deps
    const answer = await this.#askLeader((client) => client.join({ body: { id } }))
    if (answer) {
      log.info({ id, state: answer.state }, 'asked to join the ledger')
    } else if (!this.#saidAlone) {
      this.#saidAlone = true
      log.warn(
        { id },
        'this node is no member of the ledger, and no leader answers that could make it one. If its disk held the only copy, restore its folder; to begin a new ledger, stop the cluster and delete the folder "ledger" of the data directory as a whole',
      )
    }
  }

  /** Its own log does not tell: who is removed is sent nothing more. */
  async #leave(): Promise<void> {
    if (this.#left) return
    const { id, onLeft } = this.#deps
    const leader = await this.#askLeader((client) => client.status({}))
    if (leader?.role !== 'leader' || leader.membershipPending) return
    const { voters, learners } = leader.membership
    if ([...voters, ...learners].includes(id)) return
    this.#left = true
    onLeft()
  }

  /** Asks the leader, or whoever may know it, outside of any request and trace. */
  async #askLeader<T>(ask: (client: ReturnType<typeof createLedgerClient>) => Promise<T>): Promise<T | undefined> {
    const { caller, id } = this.#deps
    const others = this.#endpoints().filter(({ instance }) => instance !== instanceOf(id))
    const quietly = <R>(work: () => Promise<R>) => withoutScope(() => context.with(suppressTracing(ROOT_CONTEXT), work))
    for (const { instance } of others) {
      const status = await quietly(() => createLedgerClient(callerOf(caller, instance)).status({})).catch(
        () => undefined,
      )
      if (!status?.leader) continue
      return quietly(() => ask(createLedgerClient(callerOf(caller, instanceOf(status.leader ?? '')))))
    }
    return undefined
  }

  #isLeaving(id: string): boolean {
    const { leaving } = this.#deps.control.document().settings as { leaving?: unknown }
    return Array.isArray(leaving) && leaving.includes(instanceOf(id))
  }

  #endpoints(): Endpoint[] {
    return this.#deps.control.document().endpoints['ledger'] ?? []
  }

  #placesOf(ids: readonly string[]): Place[] {
    const regions = new Map(this.#endpoints().map(({ instance, region }) => [instance, region]))
    return ids.map((id) => ({ id, region: regions.get(instanceOf(id)) }))
  }
}

function isVoter({ membership }: Status, id: string): boolean {
  return membership.voters.includes(id)
}
