// One server: the real core, with a simulated disk, clock and state machine around it. It carries out Readys as a real caller must.
import type { MembershipChange, ProposeResult, Raft, Ready, Refusal, Role, Status } from '../raft/api.ts'
import type { Entry, HardState, Membership, Message, NodeId, Snapshot } from '../raft/messages.ts'
import { createRaftWith } from '../raft/raft.ts'
import { safetyRules } from '../raft/rules.ts'
import { UNITS_PER_TICK } from './climate.ts'
import { Disk, type Write } from './disk.ts'
import { name } from './invariants.ts'
import { StateMachine, type View } from './state-machine.ts'
import type { World } from './world.ts'

export type Answer =
  | { kind: 'appended'; position: number }
  | { kind: 'read'; view: View }
  | { kind: 'no'; leader: NodeId | null }
export type Reply = (answer: Answer) => void
/** Asks another server for the content of its snapshot; undefined when it cannot be had. */
export type FetchSnapshot = (by: NodeId, from: NodeId, snapshot: Snapshot) => StateMachine | undefined

const ELECTION_TICKS = 10

export class SimulatedServer {
  readonly id: NodeId
  readonly #world: World
  readonly #fetch: FetchSnapshot
  readonly #disk: Disk
  readonly #unitsPerTick: number
  #raft: Raft | undefined
  #machine = new StateMachine()
  /** Of the process: what it had planned before a crash does not happen after it. */
  #life = 0
  #frozenUntil = 0
  /** What to do once a write is synced, in their order. */
  #afterSync: (() => void)[] = []
  #isSyncing = false
  #isSnapshotUnderWay = false
  #proposals = new Map<number, { term: number; reply: Reply }>()
  #asked = new Map<string, Reply>()
  #reads: { index: number; reply: Reply }[] = []
  #contexts = 0
  #currentTerm = 0
  syncSlowdown = 0
  isClockStopped = false
  /** Told of every change of role. */
  onRole: ((role: Role) => void) | undefined

  constructor(id: NodeId, members: Membership, world: World, fetch: FetchSnapshot) {
    this.id = id
    this.#world = world
    this.#fetch = fetch
    this.#disk = new Disk(members)
    const { random, climate } = world
    this.#unitsPerTick = UNITS_PER_TICK * (1 + climate.drift * (2 * random.next() - 1))
  }

  get isUp(): boolean {
    return this.#raft !== undefined
  }

  get isFrozen(): boolean {
    return this.#frozenUntil > this.#world.queue.now
  }

  get machine(): StateMachine {
    return this.#machine
  }

  status(): Status | undefined {
    return this.#raft?.status()
  }

  start(): void {
    const { climate, mutant, random } = this.#world
    const { hardState, snapshot, content, log } = this.#disk.recover()
    if (!climate.durableMachine || this.#machine.appliedIndex < content.appliedIndex) this.#machine = content.copy()
    this.#raft = createRaftWith(
      { ...safetyRules, ...mutant.rules },
      {
        id: this.id,
        restored: { hardState, snapshot, entries: log, appliedIndex: this.#machine.appliedIndex },
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
    this.#say(() => (losesUnsynced ? `crashes, loses up to ${this.#disk.unsynced} writes` : 'crashes'))
    if (losesUnsynced) this.#disk.lose(this.#world.random)
    else this.#disk.survive()
    this.#raft = undefined
    this.#life++
    this.#frozenUntil = 0
    this.#afterSync = []
    this.#isSyncing = false
    this.#isSnapshotUnderWay = false
    this.#proposals.clear()
    this.#asked.clear()
    this.#reads = []
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
      else this.#proposals.set(result.index, { term: result.term, reply })
    })
  }

  read(reply: Reply): void {
    this.#whenRunning((raft) => {
      const context = `${this.id}/${this.#life}/${this.#contexts++}`
      const result = raft.readIndex(context)
      if (result.kind === 'refused') reply({ kind: 'no', leader: result.leader })
      else this.#asked.set(context, reply)
    })
  }

  change(change: MembershipChange): void {
    this.#whenRunning((raft) => this.#sayResult(`${change.kind} ${change.id}`, raft.proposeMembership(change)))
  }

  transfer(to: NodeId): void {
    this.#whenRunning((raft) => this.#sayResult(`transfer to ${to}`, raft.transferLeadership(to)))
  }

  /** Its content, if this server's last snapshot is the one that is asked for. */
  snapshotContent({ lastIncludedIndex, lastIncludedTerm }: Snapshot): StateMachine | undefined {
    const { snapshot, content } = this.#disk.contents
    const isIt = snapshot.lastIncludedIndex === lastIncludedIndex && snapshot.lastIncludedTerm === lastIncludedTerm
    return this.#raft && isIt ? content : undefined
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
    this.#write(isWritten ? { kind: 'log', hardState: this.#toStore(hardState), entries } : null, () => {
      for (const message of ready.messagesAfterSync) network.send(message)
      raft.advance(ready)
    })
    if (ready.snapshot) this.#fetchSnapshot(raft, ready.snapshot)
    for (const entry of ready.committed) this.#apply(entry)
    for (const { context, index } of ready.reads) this.#readConfirmed(context, index)
    this.#answerReads()
    if (ready.committed.length > 0) this.#takeSnapshot(raft)
  }

  #toStore(hardState: HardState | null): HardState | null {
    return hardState && this.#world.mutant.forgetsVote ? { ...hardState, votedFor: null } : hardState
  }

  /** Undefined while a snapshot is stored that the core does not know of yet. */
  #termBefore({ index }: Entry): number | undefined {
    const { log, snapshot } = this.#disk.contents
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
    const { log, snapshot } = this.#disk.contents
    const first = log[0]?.index ?? snapshot.lastIncludedIndex + 1
    this.#world.invariants.elected(this.id, currentTerm, first, (index) => log[index - first]?.term)
  }

  /** Then `done`, when it and all before it are synced. */
  #write(write: Write | null, done: () => void): void {
    if (write) this.#disk.write(write)
    if (this.#world.mutant.skipsSync || (!write && this.#afterSync.length === 0)) {
      done()
      if (write) this.#syncLater(() => {})
      return
    }
    this.#syncLater(done)
  }

  #syncLater(done: () => void): void {
    this.#afterSync.push(done)
    this.#sync()
  }

  /** One sync for all that was written when it began. */
  #sync(): void {
    if (this.#isSyncing || this.#afterSync.length === 0) return
    const { random, climate } = this.#world
    const [writes, waiting] = [this.#disk.unsynced, this.#afterSync.length]
    this.#isSyncing = true
    const delay = random.between(climate.syncDelay.min, climate.syncDelay.max + this.syncSlowdown)
    this.#later(delay, () => {
      this.#isSyncing = false
      this.#disk.sync(writes)
      for (const done of this.#afterSync.splice(0, waiting)) done()
      this.#sync()
    })
  }

  #apply(entry: Entry): void {
    const { invariants } = this.#world
    invariants.applied(this.id, entry, this.#currentTerm)
    this.#machine.appliedIndex = entry.index
    this.#say(() => `applies ${name(entry)}`)
    const position = entry.kind === 'data' ? this.#machine.append(entry.data) : 0
    const proposal = this.#proposals.get(entry.index)
    if (!proposal) return
    this.#proposals.delete(entry.index)
    // Another entry than was proposed: that one is lost.
    proposal.reply(proposal.term === entry.term ? { kind: 'appended', position } : { kind: 'no', leader: null })
  }

  #readConfirmed(context: string, index: number | null): void {
    const reply = this.#asked.get(context)
    if (!reply) return
    this.#asked.delete(context)
    if (index === null) reply({ kind: 'no', leader: null })
    else this.#reads.push({ index, reply })
  }

  #answerReads(): void {
    if (this.#reads.length === 0) return
    this.#reads = this.#reads.filter(({ index, reply }) => {
      if (index > this.#machine.appliedIndex) return true
      reply({ kind: 'read', view: this.#machine.view() })
      return false
    })
  }

  #takeSnapshot(raft: Raft): void {
    const { snapshotEvery, keepEntries } = this.#world.climate
    const { appliedIndex } = this.#machine
    if (this.#isSnapshotUnderWay || appliedIndex - this.#disk.contents.snapshot.lastIncludedIndex < snapshotEvery)
      return
    this.#isSnapshotUnderWay = true
    const snapshot = raft.describeSnapshot(appliedIndex)
    this.#say(() => `takes a snapshot at ${appliedIndex}`)
    const keepFrom = appliedIndex + 1 - keepEntries
    this.#write({ kind: 'compact', snapshot, content: this.#machine.copy(), keepFrom }, () => {
      this.#isSnapshotUnderWay = false
      raft.compact(snapshot, keepEntries)
    })
  }

  /** Over the network, to disk, and only then into the core: it may crash anywhere between. */
  #fetchSnapshot(raft: Raft, { snapshot, from }: { snapshot: Snapshot; from: NodeId }): void {
    const { network } = this.#world
    this.#later(network.delay() + network.delay(), () => {
      const content = this.#fetch(this.id, from, snapshot)
      if (!content) {
        raft.snapshotFailed(snapshot)
        return
      }
      this.#say(() => `has fetched the snapshot at ${snapshot.lastIncludedIndex}`)
      // Earlier Readys are synced with it, so that they are advanced first.
      this.#write({ kind: 'install', snapshot, content }, () => this.#installSnapshot(raft, snapshot, content))
    })
  }

  #installSnapshot(raft: Raft, snapshot: Snapshot, content: StateMachine): void {
    if (!raft.snapshotInstalled(snapshot)) this.#write({ kind: 'drop-log' }, () => {})
    if (content.appliedIndex > this.#machine.appliedIndex) this.#machine = content.copy()
  }

  #say(text: () => string): void {
    const { record, queue } = this.#world
    record?.({ at: queue.now, kind: 'event', server: this.id, text: text() })
  }

  #sayResult(what: string, result: ProposeResult | Refusal | { kind: 'transferring' }): void {
    this.#say(() => `${what}: ${result.kind === 'refused' ? result.reason : 'begun'}`)
  }
}
