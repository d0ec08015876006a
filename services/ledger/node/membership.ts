// Comparing memberships, and finding the one that is certain.
import type { Restored } from '../raft/api.ts'
import type { Membership } from '../raft/messages.ts'

/** The latest that is certain when a node starts. */
export function membershipAt({ snapshot, entries, appliedIndex }: Restored): Membership {
  const changes = entries.filter((entry) => entry.kind === 'membership').filter(({ index }) => index <= appliedIndex)
  return changes.at(-1)?.membership ?? snapshot.membership
}

/** Whatever the order of their members. */
export function isSameMembership(one: Membership, other: Membership): boolean {
  const text = ({ voters, learners }: Membership) => JSON.stringify([voters.toSorted(), learners.toSorted()])
  return text(one) === text(other)
}
