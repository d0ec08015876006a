// One server: the real core, with a simulated disk, clock and state machine around it. It carries out Readys as a real caller must.
import type { MembershipChange, ProposeResult, Raft, Ready, Refusal, Role, Status } from '../raft/api.ts'
import type { Entry, HardState, Membership, Message, NodeId, Snapshot } from '../raft/messages.ts'
import { createRaftWith } from '../raft/raft.ts'
import { safetyRules } from '../raft/rules.ts'
import { UNITS_PER_TICK } from './climate.ts'
import { name } from './invariants.ts'
import { type FetchSnapshot, ServerSnapshots } from './server-snapshots.ts'
import { type Reply, Service } from './service.ts'
import type { StateMachine } from './state-machine.ts'
import type { World } from './world.ts'
import { WriteQueue } from './write-queue.ts'

const ELECTION_TICKS = 10

export class SimulatedServer {
  readonly id: NodeId
  readonly #world: World
  readonly #writes: WriteQueue
  readonly #service = new Service()
  readonly #snapshots: ServerSnapshots
  readonly #unitsPerTick: number
  #raft: Raft | undefined
  /** Of the process: what it had planned before a crash does not happen after it. */
  #life = 0
  #frozenUntil = 0
  #currentTerm = 0
  isClockStopped = false
  /** Told of every change of role. */
  onRole: ((role: Role) => void) | undefined

  constructor(id: NodeId, members: Membership, world: World, fetch: FetchSnapshot) {
    this.id = id
    this.#world = world
    const later = (delay: number, todo: () => void) => this.#later(delay, todo)
    this.#writes = new WriteQueue(members, world, later)
    this.#snapshots = new ServerSnapshots({
      id,
      world,
      writes: this.#writes,
      service: this.#service,
      fetch,
      later,
      say: (text) => this.#say(text),
    })
    const { random, climate } = world
    this.#unitsPerTick = UNITS_PER_TICK * (1 + climate.drift * (2 * random.next() - 1))
  }

  get isUp(): boolean {
    return this.#raft !== undefined
  }

  get isFrozen(): boolean {
    return this.#frozenUntil > this.#world.queue.now
  }

  get appliedIndex(): number {
    return this.#service.machine.appliedIndex
  }

  /** Added to the time of a sync at most. */
  set syncSlowdown(units: number) {
    this.#writes.slowdown = units
  }

  status(): Status | undefined {
    return this.#raft?.status()
  }

  start(): void {
    const { climate, mutant, random } = this.#world
    const { hardState, snapshot, content, log } = this.#writes.disk.recover()
    if (!climate.durableMachine || this.appliedIndex < content.appliedIndex) this.#service.machine = content.copy()
    this.#raft = createRaftWith(
      { ...safetyRules, ...mutant.rules },
      {
        id: this.id,
        restored: { hardState, snapshot, entries: log, appliedIndex: this.appliedIndex },
        heartbeatTicks: climate.heartbeatTicks,
        electionTicks: ELECTION_TICKS,
        jitterTicks: () => random.between(0, climate.jitterTicks),
        maxAppendSize: climate.maxAppendSize,
        maxInflight: climate.maxInflight,
        maxUncommittedSize: 2000,
        maxPendingReads: 20,
      },
    )
    this.#say(() => 'starts')
    this.#planTick(random.between(1, UNITS_PER_TICK))
  }

  /** `losesUnsynced`: the machine stops, not only the process. */
  crash(losesUnsynced: boolean): void {
    if (!this.#raft) return
    this.#say(() => (losesUnsynced ? `crashes, loses up to ${this.#writes.disk.unsynced} writes` : 'crashes'))
    if (losesUnsynced) this.#writes.disk.lose(this.#world.random)
    else this.#writes.disk.survive()
    this.#raft = undefined
    this.#life++
    this.#frozenUntil = 0
    this.#snapshots.clear()
    this.#writes.clear()
    this.#service.clear()
  }

  /** It stands still, its clock too; what arrives meanwhile it finds afterwards. */
  freeze(duration: number): void {
    this.#say(() => `freezes for ${duration}`)
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#world.queue.now + duration)
  }

  deliver(message: Message): void {
    this.#whenRunning((raft) => raft.step(message))
  }

  append(request: string, reply: Reply): void {
    this.#whenRunning((raft) => {
      const result = raft.propose(request)
      if (result.kind === 'refused') reply({ kind: 'no', leader: result.leader })
      else this.#service.awaitEntry(result.index, result.term, reply)
    })
  }

  read(reply: Reply): void {
    this.#whenRunning((raft) => {
      const result = raft.readIndex(this.#service.awaitRead(reply))
      if (result.kind === 'refused') reply({ kind: 'no', leader: result.leader })
    })
  }

  change(change: MembershipChange): void {
    this.#whenRunning((raft) => this.#sayResult(`${change.kind} ${change.id}`, raft.proposeMembership(change)))
  }

  transfer(to: NodeId): void {
    this.#whenRunning((raft) => this.#sayResult(`transfer to ${to}`, raft.transferLeadership(to)))
  }

  /** Its content, if this server's last snapshot is the one that is asked for. */
  snapshotContent(snapshot: Snapshot): StateMachine | undefined {
    return this.#raft && this.#snapshots.content(snapshot)
  }

  #planTick(delay: number): void {
    this.#later(
      delay,
      () => this.#planTick(this.#unitsPerTick),
      (raft) => this.isClockStopped || raft.tick(),
    )
  }

  /** Unless it crashed meanwhile. */
  #later(delay: number, ...todo: ((raft: Raft) => void)[]): void {
    const life = this.#life
    this.#world.queue.after(delay, () => {
      if (life !== this.#life) return
      for (const one of todo) this.#whenRunning(one)
    })
  }

  /** And then whatever the core asks for. A frozen process does it later. */
  #whenRunning(todo: (raft: Raft) => void): void {
    const raft = this.#raft
    if (!raft) return
    if (this.isFrozen) {
      this.#later(this.#frozenUntil - this.#world.queue.now, todo)
      return
    }
    todo(raft)
    this.#carryOutAll(raft)
  }

  #carryOutAll(raft: Raft): void {
    for (let ready = raft.ready(); ready; ready = raft.ready()) this.#carryOut(raft, ready)
  }

  #carryOut(raft: Raft, ready: Ready): void {
    const { network, invariants } = this.#world
    this.#checkSoftState(ready)
    const [first] = ready.entries
    if (first) invariants.appended(this.id, ready.entries, this.#termBefore(first))
    for (const message of ready.messages) network.send(message)
    const { hardState, entries } = ready
    const isWritten = hardState !== null || entries.length > 0
    this.#writes.write(isWritten ? { kind: 'log', hardState: this.#toStore(hardState), entries } : null, () => {
      for (const message of ready.messagesAfterSync) network.send(message)
      raft.advance(ready)
    })
    if (ready.snapshot) this.#snapshots.install(raft, ready.snapshot)
    for (const entry of ready.committed) this.#apply(entry)
    for (const { context, index } of ready.reads) this.#service.readConfirmed(context, index)
    this.#service.answerReads()
    if (ready.committed.length > 0) this.#snapshots.take(raft)
  }

  #toStore(hardState: HardState | null): HardState | null {
    return hardState && this.#world.mutant.forgetsVote ? { ...hardState, votedFor: null } : hardState
  }

  /** Undefined while a snapshot is stored that the core does not know of yet. */
  #termBefore({ index }: Entry): number | undefined {
    const { log, snapshot } = this.#writes.disk.contents
    if (index - 1 === snapshot.lastIncludedIndex) return snapshot.lastIncludedTerm
    return log[index - 1 - (log[0]?.index ?? 0)]?.term
  }

  #checkSoftState({ softState }: Ready): void {
    if (!softState) return
    const { role, currentTerm, leader } = softState
    this.#currentTerm = currentTerm
    this.#say(() => `${role}, term ${currentTerm}${role === 'follower' && leader ? ` of ${leader}` : ''}`)
    this.onRole?.(role)
    if (role !== 'leader') return
    const { log, snapshot } = this.#writes.disk.contents
    const first = log[0]?.index ?? snapshot.lastIncludedIndex + 1
    this.#world.invariants.elected(this.id, currentTerm, first, (index) => log[index - first]?.term)
  }

  #apply(entry: Entry): void {
    this.#world.invariants.applied(this.id, entry, this.#currentTerm)
    this.#say(() => `applies ${name(entry)}`)
    this.#service.apply(entry)
  }

  #say(text: () => string): void {
    const { record, queue } = this.#world
    record?.({ at: queue.now, kind: 'event', server: this.id, text: text() })
  }

  #sayResult(what: string, result: ProposeResult | Refusal | { kind: 'transferring' }): void {
    this.#say(() => `${what}: ${result.kind === 'refused' ? result.reason : 'begun'}`)
  }
}
