// The decisions on which safety rests, each a pure function of a line. They stand together so that a reader can hold them beside the paper,
// and so that the simulator can break one at a time and show that it would notice.
import type { NodeId } from './messages.ts'

export type LastEntry = { index: number; term: number }

export type SafetyRules = {
  /** §5.1: what an earlier term's candidate or leader asks is refused. */
  isStale(messageTerm: number, currentTerm: number): boolean
  /** §5.2: one vote a term, for the first who asks. */
  mayVote(votedFor: NodeId | null, candidate: NodeId): boolean
  /** §5.4.1: a voter refuses a candidate whose log ends before its own. */
  isUpToDate(candidate: LastEntry, own: LastEntry): boolean
  /** Figure 2, AppendEntries 3: only an entry that contradicts the leader's is overwritten; an old message must not cut off later ones. */
  conflicts(ownTerm: number | undefined, leaderTerm: number): boolean
  /** Figure 2, AppendEntries 5: what stands behind the last entry that was compared may yet be overwritten. */
  followerCommit(leaderCommit: number, lastComparedIndex: number, lastLogIndex: number): number
  /** §5.4.2, figure 8: an earlier term's entry is committed only by one of the leader's own term behind it. */
  mayCommitByCount(entryTerm: number, currentTerm: number): boolean
  /** How many of so many voters are a majority: any two majorities share a server. */
  quorumSize(voters: number): number
  /** §8: a new leader knows what is committed only when an entry of its own term is. */
  knowsCommitIndex(commitIndex: number, firstIndexOfTerm: number): boolean
  /** §8: a majority took this server for the leader after the read was asked. */
  isReadConfirmed(readRound: number, quorumRound: number): boolean
  /** Dissertation §4.1, and the correction of 2015: the previous change is committed, and so is an entry of the leader's term. */
  mayChangeMembership(commitIndex: number, lastChangeIndex: number, firstIndexOfTerm: number): boolean
}

export const safetyRules: SafetyRules = {
  isStale: (messageTerm, currentTerm) => messageTerm < currentTerm,
  mayVote: (votedFor, candidate) => votedFor === null || votedFor === candidate,
  isUpToDate: (candidate, own) =>
    candidate.term > own.term || (candidate.term === own.term && candidate.index >= own.index),
  conflicts: (ownTerm, leaderTerm) => ownTerm !== leaderTerm,
  followerCommit: (leaderCommit, lastComparedIndex) => Math.min(leaderCommit, lastComparedIndex),
  mayCommitByCount: (entryTerm, currentTerm) => entryTerm === currentTerm,
  quorumSize: (voters) => Math.floor(voters / 2) + 1,
  knowsCommitIndex: (commitIndex, firstIndexOfTerm) => commitIndex >= firstIndexOfTerm,
  isReadConfirmed: (readRound, quorumRound) => quorumRound >= readRound,
  mayChangeMembership: (commitIndex, lastChangeIndex, firstIndexOfTerm) =>
    commitIndex >= lastChangeIndex && commitIndex >= firstIndexOfTerm,
}
