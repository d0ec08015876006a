// Log replication, the leader's side (§5.3): heartbeats, entries sent ahead of the answers within a window, and the fast way back to where a
// follower's log agrees. All that is sent is decided in `flushAppends`, once per Ready, so that what is proposed together travels together.
import { advanceCommitIndex } from './commit.ts'
import type { MessageOf, NodeId } from './messages.ts'
import { acknowledge, awaitSnapshot, backToProbe, type Progress } from './progress.ts'
import { confirmReads } from './read-index.ts'
import { becomeFollower, envelope, type LeaderState, requestHeartbeats, type Server } from './server.ts'
import { continueTransfer, tickTransfer } from './transfer.ts'

type Refused = Extract<MessageOf<'AppendEntriesResponse'>['result'], { success: false }>

/** A tick of a leader: heartbeats, and whether it still has a majority (dissertation §6.2). */
export function tickLeader(server: Server, leader: LeaderState): void {
  const { config, log, rules } = server
  if (++leader.heartbeatElapsed >= config.heartbeatTicks) requestHeartbeats(leader)
  for (const progress of leader.progress.values()) progress.snapshotElapsed++
  tickTransfer(server, leader)
  if (++leader.quorumElapsed < config.electionTicks) return
  leader.quorumElapsed = 0
  const { voters } = log.membership
  const active = voters.filter((voter) => voter === server.id || leader.progress.get(voter)?.active).length
  for (const progress of leader.progress.values()) progress.active = false
  // Its clients learn that it cannot serve them, and may find who can.
  if (active < rules.quorumSize(voters.length)) becomeFollower(server, server.currentTerm, null)
}

/** Sends to every follower what it may be sent now. */
export function flushAppends(server: Server, leader: LeaderState): void {
  for (const [to, progress] of leader.progress) {
    let isSomethingDue = progress.heartbeatDue
    progress.heartbeatDue = false
    // What a probe waits for may have been lost.
    if (isSomethingDue) progress.probing = false
    if (progress.state === 'snapshot') {
      if (progress.snapshotElapsed >= server.config.electionTicks) offerSnapshot(server, to, progress)
    } else {
      while (mayAppend(server, progress)) {
        sendAppend(server, leader, to, progress, true)
        isSomethingDue = false
      }
    }
    if (progress.state === 'replicate' && progress.sentCommit < server.commitIndex) isSomethingDue = true
    if (isSomethingDue) sendAppend(server, leader, to, progress, false)
  }
}

function mayAppend(server: Server, progress: Progress): boolean {
  if (progress.state === 'probe') return !progress.probing
  if (progress.state !== 'replicate' || progress.nextIndex > server.log.lastIndex) return false
  return progress.inflight.length < server.config.maxInflight
}

function sendAppend(server: Server, leader: LeaderState, to: NodeId, progress: Progress, withEntries: boolean): void {
  const { log, config, commitIndex } = server
  const prevLogIndex = progress.nextIndex - 1
  const prevLogTerm = log.termAt(prevLogIndex)
  if (prevLogTerm === undefined) {
    offerSnapshot(server, to, progress)
    return
  }
  const entries = withEntries ? log.batch(progress.nextIndex, config.maxAppendSize) : []
  const last = entries.at(-1)
  if (progress.state === 'probe') progress.probing = true
  else if (last) {
    progress.nextIndex = last.index + 1
    progress.inflight.push(last.index)
  }
  progress.sentCommit = commitIndex
  server.messages.push({
    kind: 'AppendEntries',
    ...envelope(server, to),
    prevLogIndex,
    prevLogTerm,
    entries,
    leaderCommit: commitIndex,
    round: leader.round,
  })
}

/** What it lacks is compacted away (§7). Offered again as long as it does not arrive. */
function offerSnapshot(server: Server, to: NodeId, progress: Progress): void {
  awaitSnapshot(progress, server.snapshot.lastIncludedIndex)
  server.messages.push({ kind: 'InstallSnapshot', ...envelope(server, to), snapshot: server.snapshot })
}

export function handleAppendEntriesResponse(server: Server, message: MessageOf<'AppendEntriesResponse'>): void {
  const { state: leader } = server
  const progress = leader.role === 'leader' ? leader.progress.get(message.from) : undefined
  if (leader.role !== 'leader' || !progress) return
  progress.active = true
  const { result } = message
  if (result.success) {
    acknowledge(progress, result.matchIndex)
    advanceCommitIndex(server, leader)
    continueTransfer(server, leader)
  } else if (result.prevLogIndex > progress.matchIndex) {
    handleRefusal(server, progress, result)
  }
  if (server.state === leader && message.round > progress.ackedRound) {
    progress.ackedRound = message.round
    confirmReads(server, leader)
  }
}

/** Back to where the logs may agree: in one step for each term in which they differ (§5.3). */
function handleRefusal({ log }: Server, progress: Progress, refusal: Refused): void {
  const { prevLogIndex, conflictIndex, conflictTerm } = refusal
  if (progress.state === 'probe' && prevLogIndex === progress.nextIndex - 1) {
    const agreed = log.lastIndexWithin(Math.min(conflictIndex, prevLogIndex - 1), conflictTerm)
    backToProbe(progress, Math.max(progress.matchIndex, agreed) + 1)
  } else if (progress.state === 'replicate') {
    // One before it was lost, or was overtaken.
    backToProbe(progress, progress.matchIndex + 1)
  }
}

export function handleInstallSnapshotResponse(server: Server, message: MessageOf<'InstallSnapshotResponse'>): void {
  const { state: leader } = server
  const progress = leader.role === 'leader' ? leader.progress.get(message.from) : undefined
  if (leader.role !== 'leader' || !progress) return
  progress.active = true
  acknowledge(progress, message.lastIncludedIndex)
  // An older one than was offered last.
  if (progress.state === 'snapshot') backToProbe(progress, progress.matchIndex + 1)
  advanceCommitIndex(server, leader)
  continueTransfer(server, leader)
}
