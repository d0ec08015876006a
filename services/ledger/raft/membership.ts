// Membership change, one server at a time (dissertation §4): adjacent memberships always share a majority's server, so no joint phase is needed.
import type { MembershipChange, RefusalReason } from './api.ts'
import type { Membership, NodeId } from './messages.ts'
import { createProgress } from './progress.ts'
import type { LeaderState, Server } from './server.ts'

/** As of the members schema. */
const MAX_MEMBERS = 15

/** What the change would make of it, or null where it makes no sense. */
export function changed({ voters, learners }: Membership, change: MembershipChange): Membership | null {
  const { id } = change
  const without = (members: NodeId[]) => members.filter((member) => member !== id)
  switch (change.kind) {
    case 'add-learner': {
      const isFull = voters.length + learners.length >= MAX_MEMBERS
      return isFull || voters.includes(id) || learners.includes(id) ? null : { voters, learners: [...learners, id] }
    }
    case 'promote':
      return learners.includes(id) ? { voters: [...voters, id], learners: without(learners) } : null
    case 'remove': {
      const rest = { voters: without(voters), learners: without(learners) }
      const isMember = rest.voters.length + rest.learners.length < voters.length + learners.length
      return isMember && rest.voters.length > 0 ? rest : null
    }
  }
}

/** Why the leader cannot make this change now, or null. */
export function refusalOf(server: Server, leader: LeaderState, change: MembershipChange): RefusalReason | null {
  const { log, commitIndex } = server
  if (!server.rules.mayChangeMembership(commitIndex, log.membershipIndex, leader.firstIndexOfTerm)) {
    return 'change_pending'
  }
  if (changed(log.membership, change) === null) return 'invalid'
  // A voter that has to catch up first would leave the cluster without a spare meanwhile (dissertation §4.2.1).
  const progress = leader.progress.get(change.id)
  if (change.kind === 'promote' && (progress?.matchIndex ?? 0) < commitIndex) return 'not_caught_up'
  return null
}

/** The leader's followers are those of the membership that is now in its log. */
export function followMembership(server: Server, leader: LeaderState): void {
  const { voters, learners } = server.log.membership
  const followers = new Set([...voters, ...learners].filter((member) => member !== server.id))
  for (const id of leader.progress.keys()) if (!followers.has(id)) leader.progress.delete(id)
  for (const id of followers) {
    if (!leader.progress.has(id)) leader.progress.set(id, createProgress(server.log.lastIndex + 1))
  }
}
