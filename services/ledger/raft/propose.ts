// What clients and operators ask of the leader's log.
import type { MembershipChange, ProposeResult, Refusal, RefusalReason } from './api.ts'
import { changed, followMembership, refusalOf } from './membership.ts'
import type { Server } from './server.ts'

export function proposeData(server: Server, data: string): ProposeResult {
  const { state: leader, log, currentTerm: term, config } = server
  if (leader.role !== 'leader') return refused(server, 'not_leader')
  if (leader.transfer) return refused(server, 'transferring')
  if (leader.uncommittedSize > 0 && leader.uncommittedSize + data.length > config.maxUncommittedSize) {
    return refused(server, 'busy')
  }
  leader.uncommittedSize += data.length
  const index = log.lastIndex + 1
  log.append({ kind: 'data', term, index, data })
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
