// When the log is compacted: the chain stands for what was applied, so that entries need neither memory nor disk for ever.
import type { Logger } from '../../../otel/sdk/logger.ts'
import type { Raft } from '../raft/api.ts'
import type { LogStore } from '../storage/log-store.ts'
import type { LedgerState } from './state.ts'

/** Entries that are applied, after which the log is compacted, and how many stay for followers that are a little behind. */
const COMPACT_AFTER = 2_000
const KEEP_ENTRIES = 500
/** At this size it is compacted sooner, since entries are in memory too, and large blocks are a great deal more than small ones. */
const COMPACT_AT_BYTES = 16 * 1024 * 1024

/** For tests; the constants otherwise. */
export type CompactionLimits = { compactAfter?: number; compactAtBytes?: number }

export type CompactionDeps = CompactionLimits & {
  raft: Raft
  state: LedgerState
  logStore: LogStore
  appliedIndex(): number
  log: Logger
}

/** Returns what compacts the log when that is due, once at a time. It rejects with `StorageFailed`. */
export function createCompaction(deps: CompactionDeps): () => Promise<void> {
  const { raft, state, logStore, appliedIndex, log } = deps
  const { compactAfter = COMPACT_AFTER, compactAtBytes = COMPACT_AT_BYTES } = deps
  let isUnderWay = false

  function isDue(): boolean {
    const applied = appliedIndex() - raft.status().snapshotIndex
    return applied >= compactAfter || (applied > KEEP_ENTRIES && logStore.bytes > compactAtBytes)
  }

  return async () => {
    if (isUnderWay || !isDue()) return
    isUnderWay = true
    try {
      const snapshot = raft.describeSnapshot(appliedIndex())
      const { tip } = state
      await state.sync()
      await logStore.saveSnapshot(snapshot, tip, snapshot.lastIncludedIndex - KEEP_ENTRIES)
      raft.compact(snapshot, KEEP_ENTRIES)
      log.info({ lastIncludedIndex: snapshot.lastIncludedIndex, height: tip.height }, 'ledger: log compacted')
    } finally {
      isUnderWay = false
    }
  }
}
