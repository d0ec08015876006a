// Everything of a ledger node that lies on its disk, opened and checked against each other before the node says a word.
import { join } from 'node:path'
import type { Logger } from '../../../otel/sdk/logger.ts'
import type { Restored } from '../raft/api.ts'
import { ChainStore } from '../storage/chain-store.ts'
import { type Disk, realDisk } from '../storage/disk.ts'
import { LogStore } from '../storage/log-store.ts'
import { recovery, StorageDamaged } from '../storage/storage-error.ts'
import { openIdentity } from './identity.ts'
import { LedgerState } from './state.ts'

export type StoredLedgerOptions = {
  node: string
  /** Of this node alone. */
  folder: string
  /** Members that a new ledger begins with; undefined once there is one, so that a node without a disk of it has to join. */
  founders: readonly string[] | undefined
  log: Logger
  disk?: Disk
  /** Told how long each sync of the log took. */
  onSync?: (seconds: number) => void
  /** Told when the chain could not be written. */
  onFailure: (error: unknown) => void
}

export type StoredLedger = { id: string; logStore: LogStore; chain: ChainStore; state: LedgerState; restored: Restored }

/** Rejects with `StorageDamaged` or `StorageFailed`; the message says what to do. */
export async function openStoredLedger(options: StoredLedgerOptions): Promise<StoredLedger> {
  const { node, folder, founders, log, disk = realDisk, onSync = () => {}, onFailure } = options
  const id = await openIdentity({ disk, folder }, node, founders?.includes(node) ?? false)
  const shared = {
    disk,
    nodeFolder: folder,
    onCutBack: (what: object) =>
      log.warn(what, 'a write that a crash had cut off was cut back; it had not been acknowledged'),
  }
  const { store: logStore, stored, isNew } = await LogStore.open({ ...shared, onSync })
  if (isNew) {
    const isFounder = founders?.includes(id) ?? false
    if (isFounder) stored.snapshot = { ...stored.snapshot, membership: { voters: [...(founders ?? [])], learners: [] } }
    await logStore.append([{ hardState: stored.hardState, snapshot: stored.snapshot }])
  }
  const state = new LedgerState(onFailure)
  const chain = await ChainStore.open({ ...shared, synced: stored.tip, onBlock: state.restore })
  state.attach(chain)
  const lastLogIndex = stored.entries.at(-1)?.index ?? stored.snapshot.lastIncludedIndex
  if (chain.tip.index > Math.max(lastLogIndex, stored.fetchingUpTo)) {
    throw new StorageDamaged(
      `${join(folder, 'log')} ends at ${lastLogIndex}, but block ${chain.tip.height} was committed at ${chain.tip.index}: the log has lost what had been stored. ${recovery(folder)}`,
    )
  }
  // A chain that was being fetched may be ahead of its log.
  const appliedIndex = Math.max(stored.snapshot.lastIncludedIndex, Math.min(chain.tip.index, lastLogIndex))
  const restored = { hardState: stored.hardState, snapshot: stored.snapshot, entries: stored.entries, appliedIndex }
  return { id, logStore, chain, state, restored }
}
