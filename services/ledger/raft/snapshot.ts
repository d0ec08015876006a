// Snapshots and log compaction (§7). The core handles what a snapshot stands for; its content is the caller's.
import { recognizeLeader } from './append-entries.ts'
import type { MessageOf, Snapshot } from './messages.ts'
import { envelope, respond, type Server } from './server.ts'

/** From this term's leader. Nothing of the state changes until the content is there. */
export function handleInstallSnapshot(server: Server, { snapshot, from }: MessageOf<'InstallSnapshot'>): void {
  recognizeLeader(server, from)
  const { lastIncludedIndex, lastIncludedTerm } = snapshot
  // What the snapshot covers is committed, and this server has it.
  if (server.log.termAt(lastIncludedIndex) === lastIncludedTerm) {
    server.commitIndex = Math.max(server.commitIndex, lastIncludedIndex)
  }
  if (lastIncludedIndex <= server.commitIndex) acknowledgeSnapshot(server, from)
  // One at a time: a leader that takes snapshots faster than they travel must not start it over and over.
  else server.pendingSnapshot ??= { snapshot, from, handedOut: false }
}

/** Keeps what the log holds beyond it, if it continues the snapshot. Returns whether the stored log does. */
export function installSnapshot(server: Server, snapshot: Snapshot): boolean {
  const { log, pendingSnapshot } = server
  const { lastIncludedIndex, lastIncludedTerm } = snapshot
  if (pendingSnapshot && pendingSnapshot.snapshot.lastIncludedIndex <= lastIncludedIndex) server.pendingSnapshot = null
  if (lastIncludedIndex <= server.snapshot.lastIncludedIndex) return true
  server.snapshot = snapshot
  const continues = log.termAt(lastIncludedIndex) === lastIncludedTerm
  const storedContinues = continues && log.writtenIndex >= lastIncludedIndex
  if (continues) {
    log.compact(lastIncludedIndex)
  } else {
    log.reset(snapshot)
    // They would promise what is no longer there.
    server.messagesAfterSync = server.messagesAfterSync.filter(({ kind }) => kind !== 'AppendEntriesResponse')
  }
  server.commitIndex = Math.max(server.commitIndex, lastIncludedIndex)
  server.lastApplied = Math.max(server.lastApplied, lastIncludedIndex)
  if (server.leader !== null && server.leader !== server.id) acknowledgeSnapshot(server, server.leader)
  return storedContinues
}

function acknowledgeSnapshot(server: Server, to: string): void {
  const lastIncludedIndex = server.commitIndex
  respond(server, { kind: 'InstallSnapshotResponse', ...envelope(server, to), lastIncludedIndex }, lastIncludedIndex)
}

/** Of a state machine that has applied `index`. */
export function snapshotAt({ log, lastApplied, snapshot }: Server, index: number): Snapshot {
  if (index === snapshot.lastIncludedIndex) return snapshot
  const lastIncludedTerm = log.termAt(index)
  if (index > lastApplied || lastIncludedTerm === undefined) {
    throw new RangeError(`no snapshot at ${index}: applied up to ${lastApplied}, compacted before ${log.firstIndex}`)
  }
  return { lastIncludedIndex: index, lastIncludedTerm, membership: log.membershipAt(index) }
}

/** That snapshot is stored: the log up to it may go, but for the last `keepEntries`. */
export function compactLog(server: Server, snapshot: Snapshot, keepEntries: number): void {
  if (snapshot.lastIncludedIndex <= server.snapshot.lastIncludedIndex) return
  server.snapshot = snapshot
  server.log.compact(Math.max(server.log.firstIndex - 1, snapshot.lastIncludedIndex - keepEntries))
}
