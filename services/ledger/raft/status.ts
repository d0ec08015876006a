// What a server can tell of itself, for metrics and for people.
import type { Status } from './api.ts'
import type { Server } from './server.ts'

export function statusOf(server: Server): Status {
  const { state, log } = server
  const leader = state.role === 'leader' ? state : undefined
  return {
    id: server.id,
    role: state.role,
    leader: server.leader,
    currentTerm: server.currentTerm,
    votedFor: server.votedFor,
    commitIndex: server.commitIndex,
    appliedIndex: server.lastApplied,
    firstLogIndex: log.firstIndex,
    lastLogIndex: log.lastIndex,
    lastLogTerm: log.lastTerm,
    stableIndex: log.stableIndex,
    snapshotIndex: server.snapshot.lastIncludedIndex,
    membership: log.membership,
    transferee: leader?.transfer?.to ?? null,
    pendingReads: leader?.pendingReads.length ?? 0,
    followers: [...(leader?.progress ?? [])].map(([id, progress]) => ({
      id,
      state: progress.state,
      matchIndex: progress.matchIndex,
      nextIndex: progress.nextIndex,
      inflight: progress.inflight.length,
      active: progress.active,
    })),
  }
}
