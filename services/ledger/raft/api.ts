// What the core and its caller agree on. The caller owns clock, disk, network and state machine; the core only decides.
import type { Entry, HardState, Membership, Message, NodeId, Snapshot } from './messages.ts'

/** What storage held when the process started. */
export type Restored = {
  /** Of a new server: `{ currentTerm: 0, votedFor: null }`. */
  hardState: HardState
  /** Of a new cluster: index 0, term 0, and the members it starts with, the same on every server. Of a server that joins: no members. */
  snapshot: Snapshot
  /** The log after the snapshot; entries up to it may still be there and are skipped. */
  entries: readonly Entry[]
  /** What the state machine has durably applied, at least the snapshot's index. */
  appliedIndex: number
}

export type RaftConfig = {
  id: NodeId
  restored: Restored
  /** Ticks between heartbeats. */
  heartbeatTicks: number
  /** Ticks without a leader until an election, jitter not counted; several times `heartbeatTicks`, beyond the slowest round trip. */
  electionTicks: number
  /** Drawn for each wait, from 0 up to `electionTicks`: servers that wait equally long split the vote. */
  jitterTicks: () => number
  /** Characters in an AppendEntries, about; one entry goes in any case. */
  maxAppendSize: number
  /** AppendEntries with entries on their way to a follower before one is acknowledged. */
  maxInflight: number
  /** Characters that are proposed and not committed; beyond it proposals are refused as busy. One goes in any case. */
  maxUncommittedSize: number
  /** Reads that wait for their round; beyond it they are refused as busy. */
  maxPendingReads: number
}

export type Refusal = { kind: 'refused'; reason: RefusalReason /** Whom to ask instead. */; leader: NodeId | null }
export type RefusalReason =
  | 'not_leader'
  /** Too much waits already. */
  | 'busy'
  /** Leadership is being handed over. */
  | 'transferring'
  /** An earlier membership change, or this leader's first entry, is not committed yet. */
  | 'change_pending'
  /** The change, or the target of a transfer, makes no sense; a repetition will not help. */
  | 'invalid'
  /** The learner lacks too much of the log to vote. */
  | 'not_caught_up'

/** `appended` is no promise: the entry is committed once an entry of that index AND term is among those to apply, lost when another is. */
export type ProposeResult = { kind: 'appended'; index: number; term: number } | Refusal

/** One server at a time (dissertation §4): any two majorities, of before and after, share a server. */
export type MembershipChange =
  | { kind: 'add-learner'; id: NodeId }
  /** Makes a voter of a learner that has caught up. */
  | { kind: 'promote'; id: NodeId }
  /** Of a voter or a learner. A leader that removes itself steps down once that is committed. */
  | { kind: 'remove'; id: NodeId }

export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader'

/** The read that was asked with `context` may be answered from a state machine that has applied `index`; null: ask again. */
export type ReadState = { context: string; index: number | null }

/**
 * What is to be done, in this order:
 * 1. send `messages`, now or later;
 * 2. write `hardState` and `entries` and sync them, in the order in which Readys came (several may be waiting for one sync);
 * 3. only then send `messagesAfterSync` and call `advance(ready)`.
 * `committed` and `reads` may be dealt with at once, beside all that; entries are applied in their order. Messages may be lost, come twice
 * or in another order.
 */
export type Ready = {
  /** Replaces the stored one. */
  hardState: HardState | null
  /** Without gaps. The stored log from the first one's index on is overwritten. */
  entries: readonly Entry[]
  messages: readonly Message[]
  messagesAfterSync: readonly Message[]
  /** Fetch this snapshot's content from `from`, store and sync it, load it; then call `snapshotInstalled`, or `snapshotFailed`. */
  snapshot: { snapshot: Snapshot; from: NodeId } | null
  /** To apply. Each is in this server's own synced log as well. */
  committed: readonly Entry[]
  reads: readonly ReadState[]
  /** Set when role, leader or term changed. */
  softState: SoftState | null
}

export type SoftState = { role: Role; leader: NodeId | null; currentTerm: number }

/** How far a follower is, as its leader knows. */
export type FollowerStatus = {
  id: NodeId
  state: 'probe' | 'replicate' | 'snapshot'
  matchIndex: number
  nextIndex: number
  inflight: number
  /** It answered within the last election timeout. */
  active: boolean
}

export type Status = SoftState & {
  id: NodeId
  votedFor: NodeId | null
  commitIndex: number
  /** Handed out to be applied. */
  appliedIndex: number
  firstLogIndex: number
  lastLogIndex: number
  lastLogTerm: number
  /** Synced up to here. */
  stableIndex: number
  snapshotIndex: number
  /** The latest in the log, committed or not. */
  membership: Membership
  /** Whom leadership is being handed to. */
  transferee: NodeId | null
  pendingReads: number
  /** Of a leader, else empty. */
  followers: FollowerStatus[]
}

export type Raft = {
  /** Time passes: call it at a steady interval. */
  tick(): void
  /** Takes in a message from another server. Anything not meant for this server, or out of date, is ignored or refused as the paper says. */
  step(message: Message): void
  /** Appends an entry, on the leader only. `data` is opaque text. */
  propose(data: string): ProposeResult
  proposeMembership(change: MembershipChange): ProposeResult
  /** Hands leadership to a voter once that has the whole log; proposals are refused meanwhile, for one election timeout at most. */
  transferLeadership(to: NodeId): { kind: 'transferring' } | Refusal
  /**
   * Asks from which index on a read is linearizable; the answer comes among a Ready's `reads`. Works on every server that knows a leader: a
   * follower asks the leader. That question may be lost: give up after a while and ask again with a new context.
   */
  readIndex(context: string): { kind: 'asked' } | Refusal
  /** What is to be done since the last call, or undefined. May be called before earlier Readys were advanced. */
  ready(): Ready | undefined
  /** The Ready's hard state and entries are synced. In the order of the Readys; all of them, also those with nothing to sync. */
  advance(ready: Ready): void
  /**
   * The content is stored, synced and loaded; of the stored log remained what continues it (`entriesAfter` in log.ts), and what Readys
   * added since. False: what is written next does not follow on that, so the stored log must be dropped first, or its gap be kept for
   * `entriesAfter` to find.
   */
  snapshotInstalled(snapshot: Snapshot): boolean
  /** It was not to be had; the leader will offer it, or a later one, again. */
  snapshotFailed(snapshot: Snapshot): void
  /** The snapshot to take of a state machine that has applied `index`. Throws a RangeError unless that entry is applied and not yet compacted. */
  describeSnapshot(index: number): Snapshot
  /** That snapshot is stored and synced: forgets the log up to it, except `keepEntries`, with which slow followers catch up more cheaply. */
  compact(snapshot: Snapshot, keepEntries: number): void
  status(): Status
}
