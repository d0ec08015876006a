// Leadership transfer (dissertation §3.10): once the follower has the whole log, it is told to start an election at once, and wins it.
import type { Raft } from './api.ts'
import type { NodeId } from './messages.ts'
import { envelope, type LeaderState, type Server } from './server.ts'

export function startTransfer(server: Server, to: NodeId): ReturnType<Raft['transferLeadership']> {
  const { state: leader } = server
  if (leader.role !== 'leader') return { kind: 'refused', reason: 'not_leader', leader: server.leader }
  if (leader.transfer) return { kind: 'refused', reason: 'transferring', leader: server.id }
  if (to === server.id || !server.log.membership.voters.includes(to)) {
    return { kind: 'refused', reason: 'invalid', leader: server.id }
  }
  leader.transfer = { to, elapsed: 0, asked: false }
  continueTransfer(server, leader)
  return { kind: 'transferring' }
}

/** The follower may have caught up. */
export function continueTransfer(server: Server, { transfer, progress }: LeaderState): void {
  if (!transfer || transfer.asked || progress.get(transfer.to)?.matchIndex !== server.log.lastIndex) return
  transfer.asked = true
  server.messages.push({ kind: 'TimeoutNow', ...envelope(server, transfer.to) })
}

/** It did not take over in time, so this server goes on. */
export function tickTransfer(server: Server, leader: LeaderState): void {
  if (leader.transfer && ++leader.transfer.elapsed >= server.config.electionTicks) leader.transfer = null
}

/** Leaves the lead to whoever has most of the log, without waiting. */
export function resign(server: Server, { progress }: LeaderState): void {
  const matchIndex = (id: NodeId) => progress.get(id)?.matchIndex ?? 0
  const [best] = server.log.membership.voters
    .filter((id) => progress.has(id))
    .sort((a, b) => matchIndex(b) - matchIndex(a))
  if (best !== undefined) server.messages.push({ kind: 'TimeoutNow', ...envelope(server, best) })
}
