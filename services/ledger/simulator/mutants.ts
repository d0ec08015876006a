// The core and its storage, broken in one place each. That each is noticed shows what the checks are worth.
import type { Mutant } from './world.ts'

export const mutants = {
  'votes twice in a term': { rules: { mayVote: () => true } },
  'forgets its vote in a crash': { forgetsVote: true },
  'votes for a candidate whose log lacks entries': { rules: { isUpToDate: () => true } },
  'commits an entry of an earlier term by count': { rules: { mayCommitByCount: () => true } },
  'skips the fsync': { skipsSync: true },
  'takes half for a majority': { rules: { quorumSize: (voters) => Math.ceil(voters / 2) } },
  'accepts what a deposed leader sends': { rules: { isStale: () => false } },
  'overwrites entries that do not conflict': { rules: { conflicts: () => true } },
  'keeps entries that conflict': { rules: { conflicts: () => false } },
  'reads without asking a quorum': { rules: { isReadConfirmed: () => true } },
  'reads before it has committed in its term': { rules: { knowsCommitIndex: () => true } },
  'changes the membership before the last change is committed': { rules: { mayChangeMembership: () => true } },
} satisfies Record<string, Mutant>

export type MutantName = keyof typeof mutants
