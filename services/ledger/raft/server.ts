// The state of a server (figure 2), and how it changes role. The other files of this folder are functions over it, one for each part of the paper.
import type { RaftConfig, ReadState, Ready } from './api.ts'
import { Log } from './log.ts'
import type { HardState, Message, NodeId, Snapshot } from './messages.ts'
import { createProgress, type Progress } from './progress.ts'
import type { SafetyRules } from './rules.ts'

export type Server = {
  readonly id: NodeId
  readonly config: RaftConfig
  readonly rules: SafetyRules

  // Persistent
  currentTerm: number
  votedFor: NodeId | null
  readonly log: Log
  /** The latest that is stored. */
  snapshot: Snapshot

  // Volatile
  commitIndex: number
  /** Handed out to be applied. */
  lastApplied: number
  state: FollowerState | CandidateState | LeaderState
  leader: NodeId | null
  /** Ticks since the leader was heard of, a vote given, or an election begun. */
  electionElapsed: number
  /** `electionTicks` and jitter. */
  electionTimeout: number
  /** Being fetched. */
  pendingSnapshot: { snapshot: Snapshot; from: NodeId; handedOut: boolean } | null

  // What the next Ready will say, and what the last one said.
  messages: Message[]
  messagesAfterSync: Message[]
  reads: ReadState[]
  writtenHardState: HardState
  /** The term that is synced. */
  stableTerm: number
  toldSoftState: Ready['softState']
}

export type FollowerState = { role: 'follower' }

/** Before the election proper a pre-candidate asks whether it could win. */
export type CandidateState = { role: 'pre-candidate' | 'candidate'; votes: Map<NodeId, boolean> }

export type LeaderState = {
  role: 'leader'
  /** Of every other member. */
  readonly progress: Map<NodeId, Progress>
  /** Where its no-op stands. */
  readonly firstIndexOfTerm: number
  heartbeatElapsed: number
  /** Since a quorum was last counted. */
  quorumElapsed: number
  /** Of broadcasts, for reads; see read-index.ts. */
  round: number
  pendingReads: PendingRead[]
  transfer: { to: NodeId; elapsed: number; asked: boolean } | null
  uncommittedSize: number
}

/** `round` and `index` are null until the round begins that confirms it. */
export type PendingRead = { context: string; from: NodeId; round: number | null; index: number }

export function createServer(config: RaftConfig, rules: SafetyRules): Server {
  const { hardState, snapshot, entries, appliedIndex } = config.restored
  const server: Server = {
    id: config.id,
    config,
    rules,
    currentTerm: hardState.currentTerm,
    votedFor: hardState.votedFor,
    log: new Log(snapshot, entries),
    snapshot,
    // What was applied was committed.
    commitIndex: Math.max(appliedIndex, snapshot.lastIncludedIndex),
    lastApplied: Math.max(appliedIndex, snapshot.lastIncludedIndex),
    state: { role: 'follower' },
    leader: null,
    electionElapsed: 0,
    electionTimeout: config.electionTicks + config.jitterTicks(),
    pendingSnapshot: null,
    messages: [],
    messagesAfterSync: [],
    reads: [],
    writtenHardState: hardState,
    stableTerm: hardState.currentTerm,
    toldSoftState: null,
  }
  if (server.commitIndex > server.log.lastIndex) {
    throw new Error(
      `the state machine has applied ${server.commitIndex}, the stored log ends at ${server.log.lastIndex}: the log has lost what was synced; remove this server and let it join anew`,
    )
  }
  return server
}

export function becomeFollower(server: Server, term: number, leader: NodeId | null): void {
  if (term > server.currentTerm) {
    server.currentTerm = term
    server.votedFor = null
  }
  const { state } = server
  if (state.role === 'leader') {
    for (const { context, from } of state.pendingReads) answerRead(server, context, from, null)
  }
  if (state.role !== 'follower') restartElectionTimer(server)
  server.state = { role: 'follower' }
  server.leader = leader
}

/** Followers are probed from the log's end; the no-op makes what came before committable (§5.4.2, §8). */
export function becomeLeader(server: Server): void {
  const { id, log, config } = server
  const nextIndex = log.lastIndex + 1
  const members = [...log.membership.voters, ...log.membership.learners].filter((member) => member !== id)
  server.state = {
    role: 'leader',
    progress: new Map(members.map((member) => [member, createProgress(nextIndex)])),
    firstIndexOfTerm: nextIndex,
    // Heard of at once.
    heartbeatElapsed: config.heartbeatTicks,
    quorumElapsed: 0,
    round: 0,
    pendingReads: [],
    transfer: null,
    uncommittedSize: 0,
  }
  server.leader = id
  log.append({ kind: 'no-op', term: server.currentTerm, index: nextIndex })
}

/** The next flush sends something to every follower. */
export function requestHeartbeats(leader: LeaderState): void {
  leader.heartbeatElapsed = 0
  for (const progress of leader.progress.values()) progress.heartbeatDue = true
}

/** From now on, with new jitter. */
export function restartElectionTimer(server: Server): void {
  server.electionElapsed = 0
  server.electionTimeout = server.config.electionTicks + server.config.jitterTicks()
}

/** Answers to requests wait until what they promise is synced: this server's term, and its log up to `index`. */
export function respond(server: Server, message: Message, index = 0): void {
  const isSynced = server.stableTerm === server.currentTerm && server.log.stableIndex >= index
  ;(isSynced ? server.messages : server.messagesAfterSync).push(message)
}

/** To whoever asked: this server's caller, or a follower. */
export function answerRead(server: Server, context: string, from: NodeId, index: number | null): void {
  if (from === server.id) server.reads.push({ context, index })
  else server.messages.push({ kind: 'ReadIndexResponse', ...envelope(server, from), context, readIndex: index })
}

export function envelope(server: Server, to: NodeId): { from: NodeId; to: NodeId; term: number } {
  return { from: server.id, to, term: server.currentTerm }
}

/** The greatest value that a majority of the voters has reached. */
export function quorumValue(server: Server, reachedBy: (voter: NodeId) => number): number {
  const { voters } = server.log.membership
  const reached = voters.map(reachedBy).sort((a, b) => b - a)
  return reached[server.rules.quorumSize(voters.length) - 1] ?? 0
}
