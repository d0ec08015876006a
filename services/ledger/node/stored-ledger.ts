// Everything of a ledger node that lies on its disk, opened and checked against each other before the node says a word.
import { join } from 'node:path'
import type { Logger } from '../../../otel/sdk/logger.ts'
import type { Restored } from '../raft/api.ts'
import { entriesAfter } from '../raft/log.ts'
import { ChainStore } from '../storage/chain-store.ts'
import { type Disk, realDisk } from '../storage/disk.ts'
import { LogStore, type StoredLog } from '../storage/log-store.ts'
import { recovery, StorageDamaged } from '../storage/storage-error.ts'
import { openIdentity, writeIdentity } from './identity.ts'
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
  const { id, isStarted } = await openIdentity({ disk, folder }, node, founders?.includes(node) ?? false)
  const shared = {
    disk,
    nodeFolder: folder,
    onCutBack: (what: object) =>
      log.warn(what, 'a write that a crash had cut off was cut back; it had not been acknowledged'),
  }
  const { store: logStore, stored, isNew } = await LogStore.open({ ...shared, onSync })
  let chain: ChainStore | undefined
  try {
    if (isNew && isStarted)
      throw new StorageDamaged(`${join(folder, 'log')} is empty, but had been written to. ${recovery(folder)}`)
    if (isNew) {
      const isFounder = founders?.includes(id) ?? false
      if (isFounder)
        stored.snapshot = { ...stored.snapshot, membership: { voters: [...(founders ?? [])], learners: [] } }
      await logStore.append([{ hardState: stored.hardState, snapshot: stored.snapshot }])
    }
    if (!isStarted) await writeIdentity({ disk, folder }, { id, isStarted: true })
    const state = new LedgerState(onFailure)
    chain = await ChainStore.open({ ...shared, synced: stored.tip, onBlock: state.restore })
    state.attach(chain)
    return { id, logStore, chain, state, restored: restore(stored, chain, folder) }
  } catch (error) {
    await Promise.all([logStore.close(), chain?.close()])
    throw error
  }
}

/** What the core starts with. Throws `StorageDamaged` when log and chain cannot both be right. */
function restore(
  { hardState, snapshot, entries, fetchingUpTo }: StoredLog,
  { tip }: ChainStore,
  folder: string,
): Restored {
  const lastLogIndex = entriesAfter(snapshot, entries).at(-1)?.index ?? snapshot.lastIncludedIndex
  if (tip.index > Math.max(lastLogIndex, fetchingUpTo)) {
    throw new StorageDamaged(
      `${join(folder, 'log')} ends at ${lastLogIndex}, but block ${tip.height} was committed at ${tip.index}: the log has lost what had been stored. ${recovery(folder)}`,
    )
  }
  // A chain that was being fetched may be ahead of its log.
  const appliedIndex = Math.max(snapshot.lastIncludedIndex, Math.min(tip.index, lastLogIndex))
  return { hardState, snapshot, entries, appliedIndex }
}
