// Log replication, the follower's side (figure 2, AppendEntries RPC).

import type { MessageOf } from './messages.ts'
import { becomeFollower, envelope, respond, type Server } from './server.ts'

/** From this term's leader: an earlier one was refused. */
export function handleAppendEntries(server: Server, message: MessageOf<'AppendEntries'>): void {
  const { log } = server
  recognizeLeader(server, message.from)
  const { prevLogIndex, prevLogTerm, entries, leaderCommit, from, round } = message
  const answer = (result: MessageOf<'AppendEntriesResponse'>['result']): MessageOf<'AppendEntriesResponse'> => ({
    kind: 'AppendEntriesResponse',
    ...envelope(server, from),
    round,
    result,
  })

  // Out of date: what is committed agrees in any case, and may be compacted away.
  if (prevLogIndex < server.commitIndex && prevLogIndex + entries.length <= server.commitIndex) {
    respond(server, answer({ success: true, matchIndex: server.commitIndex }), server.commitIndex)
    return
  }
  if (prevLogIndex >= log.firstIndex - 1 && log.termAt(prevLogIndex) !== prevLogTerm) {
    const conflictIndex = log.lastIndexWithin(prevLogIndex, prevLogTerm)
    const conflictTerm = log.termAt(conflictIndex) ?? 0
    respond(server, answer({ success: false, prevLogIndex, conflictIndex, conflictTerm }))
    return
  }
  for (const entry of entries) {
    if (entry.index < log.firstIndex) continue
    if (entry.index <= log.lastIndex) {
      if (!server.rules.conflicts(log.termAt(entry.index), entry.term)) continue
      if (entry.index <= server.commitIndex) {
        throw new Error(
          `${from} would overwrite entry ${entry.index} of ${server.id}, which is committed (up to ${server.commitIndex}): one of them is not what it was`,
        )
      }
      log.truncateFrom(entry.index)
    }
    log.append(entry)
  }
  const matchIndex = prevLogIndex + entries.length
  const committed = server.rules.followerCommit(leaderCommit, matchIndex, log.lastIndex)
  server.commitIndex = Math.max(server.commitIndex, committed)
  respond(server, answer({ success: true, matchIndex }), matchIndex)
}

/** Whoever sends as the leader of the current term is it: there is one at most. */
export function recognizeLeader(server: Server, leader: string): void {
  if (server.state.role !== 'follower' || server.leader !== leader) becomeFollower(server, server.currentTerm, leader)
  server.electionElapsed = 0
}
