// The entry to the core: no I/O, no clock, no randomness. Time comes by `tick`, the world by `step`, and what to do is told by `ready`.
import type { Raft, RaftConfig } from './api.ts'
import { handleAppendEntries } from './append-entries.ts'
import {
  defendsLeader,
  handlePreVote,
  handlePreVoteResponse,
  handleRequestVote,
  handleRequestVoteResponse,
  handleTimeoutNow,
  tickElection,
} from './election.ts'
import type { Message } from './messages.ts'
import { proposeData, proposeMembershipChange } from './propose.ts'
import { askReadIndex, handleReadIndex, handleReadIndexResponse } from './read-index.ts'
import { advanceReady, takeReady } from './ready.ts'
import { handleAppendEntriesResponse, handleInstallSnapshotResponse, tickLeader } from './replication.ts'
import { type SafetyRules, safetyRules } from './rules.ts'
import { becomeFollower, createServer, envelope, type Server } from './server.ts'
import { compactLog, handleInstallSnapshot, installSnapshot, snapshotAt } from './snapshot.ts'
import { statusOf } from './status.ts'
import { startTransfer } from './transfer.ts'

/** A server that goes on from what was stored. Throws an `Error` when the state machine has applied more than the log holds. */
export function createRaft(config: RaftConfig): Raft {
  return createRaftWith(safetyRules, config)
}

/** With other rules than the paper's: for the simulator, to show that it notices. */
export function createRaftWith(rules: SafetyRules, config: RaftConfig): Raft {
  const server = createServer(config, rules)
  return {
    tick: () => (server.state.role === 'leader' ? tickLeader(server, server.state) : tickElection(server)),
    step: (message) => step(server, message),
    propose: (data) => proposeData(server, data),
    proposeMembership: (change) => proposeMembershipChange(server, change),
    transferLeadership: (to) => startTransfer(server, to),
    readIndex: (context) => askReadIndex(server, context),
    ready: () => takeReady(server),
    advance: (ready) => advanceReady(server, ready),
    snapshotInstalled: (snapshot) => installSnapshot(server, snapshot),
    snapshotFailed: () => {
      server.pendingSnapshot = null
    },
    describeSnapshot: (index) => snapshotAt(server, index),
    compact: (snapshot, keepEntries) => compactLog(server, snapshot, keepEntries),
    status: () => statusOf(server),
  }
}

/** Rules for servers (figure 2): a later term is adopted, an earlier one refused, before anything else. */
function step(server: Server, message: Message): void {
  if (message.to !== server.id) return
  // Neither changes the term: the one only asks, the other comes from a server that does not hear the leader.
  if (message.kind === 'PreVote') {
    handlePreVote(server, message)
    return
  }
  if (message.kind === 'RequestVote' && !message.leadershipTransfer && defendsLeader(server)) return
  if (message.term > server.currentTerm) becomeFollower(server, message.term, null)
  // A pre-vote may well be granted by a server that is terms behind; the response names the request's term.
  if (message.kind === 'PreVoteResponse') handlePreVoteResponse(server, message)
  else if (server.rules.isStale(message.term, server.currentTerm)) refuseStale(server, message)
  else handle(server, message)
}

function handle(server: Server, message: Exclude<Message, { kind: 'PreVote' | 'PreVoteResponse' }>): void {
  switch (message.kind) {
    case 'RequestVote':
      handleRequestVote(server, message)
      break
    case 'RequestVoteResponse':
      handleRequestVoteResponse(server, message)
      break
    case 'AppendEntries':
      handleAppendEntries(server, message)
      break
    case 'AppendEntriesResponse':
      handleAppendEntriesResponse(server, message)
      break
    case 'InstallSnapshot':
      handleInstallSnapshot(server, message)
      break
    case 'InstallSnapshotResponse':
      handleInstallSnapshotResponse(server, message)
      break
    case 'TimeoutNow':
      handleTimeoutNow(server, message)
      break
    case 'ReadIndex':
      handleReadIndex(server, message)
      break
    case 'ReadIndexResponse':
      handleReadIndexResponse(server, message)
      break
  }
}

/** The sender learns the term, and steps down. It learns nothing else: round 0 counts for no read. */
function refuseStale(server: Server, message: Message): void {
  const to = envelope(server, message.from)
  switch (message.kind) {
    case 'RequestVote':
      server.messages.push({ kind: 'RequestVoteResponse', ...to, voteGranted: false })
      break
    case 'AppendEntries':
    case 'InstallSnapshot': {
      const prevLogIndex = message.kind === 'AppendEntries' ? message.prevLogIndex : 0
      const result = { success: false as const, prevLogIndex, conflictIndex: 0, conflictTerm: 0 }
      server.messages.push({ kind: 'AppendEntriesResponse', ...to, round: 0, result })
      break
    }
    default:
  }
}
