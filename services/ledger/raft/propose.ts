// What clients and operators ask of the leader's log.
import type { MembershipChange, ProposeResult, Refusal, RefusalReason } from './api.ts'
import { sizeOf } from './log.ts'
import { changed, followMembership, refusalOf } from './membership.ts'
import type { Entry } from './messages.ts'
import type { Server } from './server.ts'

export function proposeData(server: Server, data: string): ProposeResult {
  const { state: leader, log, currentTerm: term, config } = server
  if (leader.role !== 'leader') return refused(server, 'not_leader')
  if (leader.transfer) return refused(server, 'transferring')
  const index = log.lastIndex + 1
  const entry: Entry = { kind: 'data', term, index, data }
  const size = leader.uncommittedSize + sizeOf(entry)
  if (leader.uncommittedSize > 0 && size > config.maxUncommittedSize) return refused(server, 'busy')
  leader.uncommittedSize = size
  log.append(entry)
  return { kind: 'appended', index, term }
}

/** In force on this leader at once. */
export function proposeMembershipChange(server: Server, change: MembershipChange): ProposeResult {
  const { state: leader, log, currentTerm: term } = server
  if (leader.role !== 'leader') return refused(server, 'not_leader')
  if (leader.transfer) return refused(server, 'transferring')
  const reason = refusalOf(server, leader, change)
  const membership = changed(log.membership, change)
  if (reason || !membership) return refused(server, reason ?? 'invalid')
  const index = log.lastIndex + 1
  log.append({ kind: 'membership', term, index, membership })
  followMembership(server, leader)
  return { kind: 'appended', index, term }
}

function refused(server: Server, reason: RefusalReason): Refusal {
  return { kind: 'refused', reason, leader: server.leader }
}
