// Linearizable reads without a log entry (§8, dissertation §6.4): the leader notes its commit index, makes sure by one round of heartbeats that
// no other has taken over, and answers with that index. Reads that were asked since the last Ready share a round.
import type { Raft } from './api.ts'
import type { MessageOf, NodeId } from './messages.ts'
import { answerRead, envelope, type LeaderState, quorumValue, requestHeartbeats, type Server } from './server.ts'

export function askReadIndex(server: Server, context: string): ReturnType<Raft['readIndex']> {
  const { state, leader } = server
  if (state.role === 'leader') {
    return addRead(server, state, context, server.id) ? { kind: 'asked' } : { kind: 'refused', reason: 'busy', leader }
  }
  if (leader === null) return { kind: 'refused', reason: 'not_leader', leader }
  server.messages.push({ kind: 'ReadIndex', ...envelope(server, leader), context })
  return { kind: 'asked' }
}

export function handleReadIndex(server: Server, { context, from }: MessageOf<'ReadIndex'>): void {
  const { state } = server
  const isTaken = state.role === 'leader' && addRead(server, state, context, from)
  if (!isTaken) answerRead(server, context, from, null)
}

export function handleReadIndexResponse(server: Server, message: MessageOf<'ReadIndexResponse'>): void {
  server.reads.push({ context: message.context, index: message.readIndex })
}

function addRead(server: Server, leader: LeaderState, context: string, from: NodeId): boolean {
  if (leader.pendingReads.length >= server.config.maxPendingReads) return false
  leader.pendingReads.push({ context, from, round: null, index: 0 })
  return true
}

/** Before a flush: begins one round for all reads that wait for one. Until an entry of its term is committed a leader cannot. */
export function beginReadRound(server: Server, leader: LeaderState): void {
  if (leader.pendingReads.at(-1)?.round !== null) return
  if (!server.rules.knowsCommitIndex(server.commitIndex, leader.firstIndexOfTerm)) return
  leader.round++
  for (const read of leader.pendingReads) {
    if (read.round !== null) continue
    read.round = leader.round
    read.index = server.commitIndex
  }
  requestHeartbeats(leader)
  // A cluster of one needs no answer.
  confirmReads(server, leader)
}

/** A follower answered a round. */
export function confirmReads(server: Server, leader: LeaderState): void {
  if (leader.pendingReads.length === 0) return
  const quorumRound = quorumValue(server, (voter) =>
    voter === server.id ? leader.round : (leader.progress.get(voter)?.ackedRound ?? 0),
  )
  leader.pendingReads = leader.pendingReads.filter(({ round, context, from, index }) => {
    if (round === null || !server.rules.isReadConfirmed(round, quorumRound)) return true
    answerRead(server, context, from, index)
    return false
  })
}
