// The commit rule (§5.3, §5.4.2): an entry of the leader's own term is committed when a majority has stored it, and with it all before it.
import { sizeOf } from './log.ts'
import { becomeFollower, type LeaderState, quorumValue, type Server } from './server.ts'
import { resign } from './transfer.ts'

/** After a follower acknowledged something, or the leader's own disk did. */
export function advanceCommitIndex(server: Server, leader: LeaderState): void {
  const { log, rules, id } = server
  const stored = quorumValue(server, (voter) =>
    voter === id ? log.stableIndex : (leader.progress.get(voter)?.matchIndex ?? 0),
  )
  if (stored <= server.commitIndex) return
  if (!rules.mayCommitByCount(log.termAt(stored) ?? 0, server.currentTerm)) return
  for (const entry of log.slice(Math.max(server.commitIndex + 1, leader.firstIndexOfTerm), stored)) {
    if (entry.kind === 'data') leader.uncommittedSize -= sizeOf(entry)
  }
  server.commitIndex = stored
  // It was removed: it led until that was committed, and no further (dissertation §4.2.2).
  if (log.membershipIndex <= stored && !log.membership.voters.includes(id)) {
    resign(server, leader)
    becomeFollower(server, server.currentTerm, null)
  }
}
