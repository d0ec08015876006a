// What a Ready says, and what follows once it is done.
import type { Ready } from './api.ts'
import { advanceCommitIndex } from './commit.ts'
import { ownVoteSynced } from './election.ts'
import type { HardState } from './messages.ts'
import { beginReadRound } from './read-index.ts'
import { flushAppends } from './replication.ts'
import type { Server } from './server.ts'

/** All that is to be done since the last call, or undefined. */
export function takeReady(server: Server): Ready | undefined {
  const { state, log } = server
  if (state.role === 'leader') {
    beginReadRound(server, state)
    flushAppends(server, state)
  }
  const ready: Ready = {
    hardState: takeHardState(server),
    entries: log.takeUnwritten(),
    messages: server.messages,
    messagesAfterSync: server.messagesAfterSync,
    snapshot: takeSnapshot(server),
    committed: takeCommitted(server),
    reads: server.reads,
    softState: takeSoftState(server),
  }
  if (isEmpty(ready)) return undefined
  server.messages = []
  server.messagesAfterSync = []
  server.reads = []
  return ready
}

/** Its hard state and entries are synced. */
export function advanceReady(server: Server, { hardState, entries }: Ready): void {
  const last = entries.at(-1)
  if (last) server.log.markStable(last)
  if (hardState) {
    server.stableTerm = hardState.currentTerm
    if (hardState.votedFor === server.id) ownVoteSynced(server, hardState.currentTerm)
  }
  if (last && server.state.role === 'leader') advanceCommitIndex(server, server.state)
}

function takeHardState(server: Server): HardState | null {
  const { currentTerm, votedFor, writtenHardState: written } = server
  if (written.currentTerm === currentTerm && written.votedFor === votedFor) return null
  server.writtenHardState = { currentTerm, votedFor }
  return server.writtenHardState
}

function takeSnapshot({ pendingSnapshot }: Server): Ready['snapshot'] {
  if (!pendingSnapshot || pendingSnapshot.handedOut) return null
  pendingSnapshot.handedOut = true
  return { snapshot: pendingSnapshot.snapshot, from: pendingSnapshot.from }
}

/** Not before it is synced here: a state machine must not be ahead of its own log after a crash. */
function takeCommitted(server: Server): Ready['committed'] {
  const last = Math.min(server.commitIndex, server.log.stableIndex)
  if (last <= server.lastApplied) return []
  const committed = server.log.slice(server.lastApplied + 1, last)
  server.lastApplied = last
  return committed
}

function takeSoftState(server: Server): Ready['softState'] {
  const { toldSoftState: told, leader, currentTerm } = server
  const { role } = server.state
  if (told && told.role === role && told.leader === leader && told.currentTerm === currentTerm) return null
  server.toldSoftState = { role, leader, currentTerm }
  return server.toldSoftState
}

function isEmpty(ready: Ready): boolean {
  const { hardState, entries, messages, messagesAfterSync, snapshot, committed, reads, softState } = ready
  const nothing = [entries, messages, messagesAfterSync, committed, reads].every((list) => list.length === 0)
  return nothing && !hardState && !snapshot && !softState
}
