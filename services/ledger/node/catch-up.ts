// The content of a snapshot is the chain itself: a node that lacks what the leader's log no longer holds fetches the blocks that it misses.
// Each is checked against the one before it, so that only the true chain can come in.
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { z } from 'zod'
import type { Logger } from '../../../otel/sdk/logger.ts'
import type { Caller } from '../../kit/calls/caller.ts'
import { withoutScope } from '../../kit/http/deadline.ts'
import { Block } from '../chain/block.ts'
import { MAX_BLOCKS_A_PAGE } from '../contract.ts'
import type { Snapshot } from '../raft/messages.ts'
import type { LogStore } from '../storage/log-store.ts'
import { instanceOf } from './identity.ts'
import type { LedgerState } from './state.ts'

export const BLOCKS_PATH = '/raft/blocks'

const pageSchema = z.object({ blocks: z.array(Block) })

export type CatchUpDeps = {
  caller: Caller
  state: LedgerState
  logStore: LogStore
  /** Resolves when nothing older is on its way to the log. */
  synced(): Promise<void>
  log: Logger
}

/** Brings the chain up to `snapshot`, from the node that offered it. Rejects when that does not answer; what came so far stays. */
export async function catchUp(deps: CatchUpDeps, snapshot: Snapshot, from: string): Promise<void> {
  const { state, logStore, synced, log } = deps
  const { lastIncludedIndex } = snapshot
  const startMs = performance.now()
  const before = state.tip.height
  await logStore.append([{ fetchingUpTo: lastIncludedIndex }])
  for (;;) {
    const blocks = (await fetchBlocks(deps.caller, instanceOf(from), state.tip.height + 1)).filter(
      ({ header }) => header.index <= lastIncludedIndex,
    )
    if (blocks.length === 0) break
    for (const block of blocks) state.apply(block)
  }
  await state.sync()
  await synced()
  await logStore.saveSnapshot(snapshot, state.tip, lastIncludedIndex)
  const blocks = state.tip.height - before
  log.info({ from, blocks, lastIncludedIndex, durationMs: performance.now() - startMs }, 'caught up by snapshot')
}

async function fetchBlocks(caller: Caller, instance: string, from: number): Promise<Block[]> {
  const path = `${BLOCKS_PATH}?from=${from}&limit=${MAX_BLOCKS_A_PAGE}`
  const request = { method: 'GET', path, route: BLOCKS_PATH, idempotent: true, instance }
  const answer = await withoutScope(() => context.with(suppressTracing(ROOT_CONTEXT), () => caller.call(request)))
  if (answer.status !== 200) throw new Error(`${instance} answered ${answer.status} to a request for blocks`)
  return pageSchema.parse(JSON.parse(answer.body.toString('utf8'))).blocks
}
