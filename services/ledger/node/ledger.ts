// A ledger node: the Raft core, its disk, its peers and its state machine, put together. app.ts makes its HTTP API of it.
import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { context } from '@opentelemetry/api'
import type { Metrics } from '../../../otel/sdk/metrics/instruments.ts'
import type { Caller } from '../../kit/calls/caller.ts'
import type { ControlDocument } from '../../kit/control/document.ts'
import { HttpError } from '../../kit/http/errors.ts'
import { repeat } from '../../kit/repeat.ts'
import { type Block, decodeBlock } from '../chain/block.ts'
import { type Charge, sameCharge } from '../chain/charge.ts'
import { type InclusionProof, proveInclusion } from '../chain/proof.ts'
import type { LedgerStatus } from '../contract.ts'
import type { SoftState } from '../raft/api.ts'
import type { Entry } from '../raft/messages.ts'
import { createRaft } from '../raft/raft.ts'
import { Appender, chargedOtherwise } from './appender.ts'
import { BlockSpans } from './block-spans.ts'
import { catchUp } from './catch-up.ts'
import { type CompactionLimits, createCompaction } from './compaction.ts'
import { Driver } from './driver.ts'
import { instanceOf } from './identity.ts'
import { MEMBERS_EVERY_MS, Members } from './members.ts'
import { isSameMembership, membershipAt } from './membership.ts'
import { createLedgerMeter } from './meter.ts'
import { Peers } from './peers.ts'
import { Reads } from './reads.ts'
import { openStoredLedger, type StoredLedgerOptions } from './stored-ledger.ts'

/** Heartbeats every 150 ms; an election after 1.2 to 2.4 s of silence: beyond any round trip, and what a busy machine may stall. */
const TICK_MS = 50
const HEARTBEAT_TICKS = 3
const ELECTION_TICKS = 24
const MAX_APPEND_CHARACTERS = 256 * 1024
const MAX_INFLIGHT = 32
const MAX_UNCOMMITTED_CHARACTERS = 4 * 1024 * 1024
const MAX_PENDING_READS = 1_000
/** What a node has memory for: some sixty bytes each, 112 MB in all at most, outside of its heap. A leader takes no more. */
const MAX_CHARGES_HELD = 2_000_000
/** How long a leader that leaves waits for its successor. */
const HAND_OVER_MS = 600

export type LedgerOptions = Omit<StoredLedgerOptions, 'onSync' | 'onFailure'> &
  CompactionLimits & {
    /** Of kind `ledger`. */
    caller: Caller
    control: { document(): ControlDocument }
    metrics: Metrics
    /** The node cannot go on: nothing it says counts any more, and it has to start anew. */
    onFailure: (error: unknown) => void
    /** The node was removed from the ledger, as it was told to leave. */
    onLeft: () => void
    /** For tests. */
    maxCharges?: number
  }

export type Ledger = Awaited<ReturnType<typeof openLedger>>

/** Opens what is on the disk and takes part from then on. Rejects with `StorageDamaged` or `StorageFailed`. */
export async function openLedger(options: LedgerOptions) {
  const { node, caller, control, log, metrics, onFailure, onLeft, maxCharges = MAX_CHARGES_HELD } = options
  const meter = createLedgerMeter(metrics)
  let isFailed = false
  const fail = (error: unknown) => {
    if (isFailed) return
    isFailed = true
    driver.stop()
    onFailure(error)
  }
  const stored = await openStoredLedger({ ...options, onSync: meter.synced, onFailure: fail })
  const { id, state, logStore, chain, restored } = stored
  const raft = createRaft({
    id,
    restored,
    heartbeatTicks: HEARTBEAT_TICKS,
    electionTicks: ELECTION_TICKS,
    jitterTicks: () => randomInt(ELECTION_TICKS + 1),
    maxAppendSize: MAX_APPEND_CHARACTERS,
    maxInflight: MAX_INFLIGHT,
    maxUncommittedSize: MAX_UNCOMMITTED_CHARACTERS,
    maxPendingReads: MAX_PENDING_READS,
  })
  let soft: SoftState = { role: 'follower', leader: null, currentTerm: restored.hardState.currentTerm }
  let appliedIndex = restored.appliedIndex
  let committedMembership = membershipAt(restored)
  let isFullSaid = false

  const spans = new BlockSpans()
  const peers = new Peers({
    caller,
    spans,
    async deliver(messages) {
      driver.input((core) => {
        for (const message of messages) core.step(message)
      })
      await driver.synced()
    },
  })
  const appender = new Appender({
    spans,
    tip: () => state.tip,
    next: () => {
      const { lastLogIndex, currentTerm } = raft.status()
      return { index: lastLogIndex + 1, term: currentTerm }
    },
    propose: (data) => driver.input((core) => core.propose(data)),
    isBusy: () => driver.isSyncing,
    nowUnixMs: Date.now,
    onCommitted: (tookMs, span) => meter.quorum(tookMs / 1_000, span),
  })
  const compact = createCompaction({ ...options, raft, state, logStore, appliedIndex: () => appliedIndex })
  const reads = new Reads({
    node,
    ask: (question) => driver.input((core) => core.readIndex(question)),
    appliedIndex: () => appliedIndex,
  })
  const driver = new Driver({
    raft,
    log: logStore,
    send: (messages) => peers.send(messages),
    apply,
    onSoftState,
    onRead: (question, index) => reads.answered(question, index),
    install: async (snapshot, from) => {
      await catchUp({ caller, state, logStore, synced: () => driver.synced(), log }, snapshot, from)
      appliedIndex = Math.max(appliedIndex, snapshot.lastIncludedIndex)
      committedMembership = snapshot.membership
      reads.applied()
    },
    onSettled: () => {
      appender.flush()
      if (!isFailed) compact().catch(fail)
    },
    onFailure: fail,
  })
  const members = new Members({
    id,
    caller,
    control,
    status: () => raft.status(),
    propose: (change) => driver.input((core) => core.proposeMembership(change)),
    transfer: (to) => void driver.input((core) => core.transferLeadership(to)),
    log,
    onLeft,
  })
  meter.observe(status)
  const ticking = setInterval(() => driver.input((core) => core.tick()), TICK_MS)
  const stopMembers = repeat('membership', MEMBERS_EVERY_MS, () => members.turn(), log)
  log.info({ id, height: state.tip.height, appliedIndex, term: soft.currentTerm }, 'ledger opened')

  function onSoftState(next: SoftState): void {
    const before = soft
    soft = next
    if (next.currentTerm > before.currentTerm) meter.election()
    if (next.role !== 'leader' || next.currentTerm !== before.currentTerm) appender.end()
    if (next.role !== before.role || next.leader !== before.leader) {
      log.info({ role: next.role, leader: next.leader, term: next.currentTerm }, 'ledger: role or leader changed')
    }
  }

  function apply(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.kind === 'data') applyBlock(entry)
      if (entry.kind === 'membership') committedMembership = entry.membership
      appliedIndex = entry.index
      // Everything that earlier leaders left in the log is applied now.
      if (soft.role === 'leader' && entry.term === soft.currentTerm) appender.begin()
    }
    reads.applied()
  }

  function applyBlock({ data, index, term }: Extract<Entry, { kind: 'data' }>): void {
    const block = decodeBlock(data)
    if (!block || block.header.index !== index || block.header.term !== term) {
      throw new Error(`entry ${index} of the ledger's log is not the block that belongs there`)
    }
    state.apply(block)
    appender.applied(block, storedBy(index))
  }

  function storedBy(index: number): string[] {
    const followers = raft.status().followers.filter(({ matchIndex }) => matchIndex >= index)
    return [node, ...followers.map((follower) => instanceOf(follower.id))]
  }

  function status(): LedgerStatus & { logEntries: number } {
    const { membership, followers, commitIndex, lastLogIndex, snapshotIndex } = raft.status()
    return {
      node,
      id,
      leader: leaderNode(),
      role: soft.role,
      term: soft.currentTerm,
      commitIndex,
      appliedIndex,
      lastLogIndex,
      snapshotIndex,
      membership,
      membershipPending: !isSameMembership(membership, committedMembership),
      followers: followers.map(({ id: follower, state: how, matchIndex, active }) => ({
        id: follower,
        state: how,
        matchIndex,
        active,
      })),
      tip: state.tip,
      charges: state.charges,
      logBytes: logStore.bytes,
      logEntries: logStore.entries,
      chainBytes: chain.bytes,
    }
  }

  /** Otherwise every charge would wait for an election. */
  async function handOver(): Promise<void> {
    const { followers, lastLogIndex, membership } = raft.status()
    const heir = followers.find(({ id: follower, active, matchIndex }) => {
      return active && matchIndex === lastLogIndex && membership.voters.includes(follower)
    })
    if (soft.role !== 'leader' || !heir || isFailed) return
    driver.input((core) => core.transferLeadership(heir.id))
    for (let waitedMs = 0; soft.role === 'leader' && waitedMs < HAND_OVER_MS; waitedMs += TICK_MS) await delay(TICK_MS)
  }

  function full(): HttpError {
    const message = `the ledger holds ${state.charges} charges and takes no more; those that it has are read and proved as before`
    if (!isFullSaid) log.error(message)
    isFullSaid = true
    return new HttpError(503, 'ledger_full', message)
  }

  function leaderNode(): string | null {
    return soft.leader === null ? null : instanceOf(soft.leader)
  }

  /** The proof of a charge; undefined when the ledger does not have it. */
  async function prove(chargeId: string): Promise<InclusionProof | undefined> {
    const location = state.find(chargeId)
    const block = location && (await state.block(location.height))
    return block && proveInclusion(block, location.leafIndex)
  }

  return {
    node,
    status,
    state,
    prove,
    receive: (body: unknown) => peers.receive(body),
    admit: (member: string) => members.admit(member),
    leader: leaderNode,
    isLeader: () => soft.role === 'leader',
    appliedIndex: () => appliedIndex,
    untilLinearizable: () => reads.untilLinearizable(),

    /** On the leader: resolves when a majority has stored the charge, now or before. Rejects with a 409 or a 503, `ledger_full` among them. */
    async append(charge: Charge): Promise<{ isNew: boolean; proof: InclusionProof }> {
      if (isFailed) throw new HttpError(503, 'storage_failed', `${node} cannot store anything at the moment; ask again`)
      await appender.untilBegun()
      // Nothing may come between this look and the appender's own: whoever is in neither is new.
      if (!state.find(charge.chargeId)) {
        if (state.charges >= maxCharges) throw full()
        const block = await appender.append(charge, context.active())
        return { isNew: true, proof: proveInclusion(block, leafOf(block, charge)) }
      }
      const known = await prove(charge.chargeId)
      if (!known || !sameCharge(known.charge, charge)) throw chargedOtherwise()
      return { isNew: false, proof: known }
    },

    /** Hands leadership on, if this node has it, and closes the files. */
    async close(): Promise<void> {
      await stopMembers()
      await handOver()
      clearInterval(ticking)
      driver.stop()
      appender.end()
      await logStore.close()
      await chain.close()
    },
  }
}

function leafOf(block: Block, { chargeId }: Charge): number {
  return block.charges.findIndex((charge) => charge.chargeId === chargeId)
}
