// What a ledger node tells of itself: its part in the group, how far it is, and what customers wait for.
import type { SpanContext } from '@opentelemetry/api'
import type { Metrics } from '../../../otel/sdk/metrics/instruments.ts'
import type { LedgerStatus } from '../contract.ts'
import { instanceOf } from './identity.ts'

export type LedgerMeter = {
  /** A block was committed, this long after it was proposed. */
  quorum(seconds: number, span: SpanContext | undefined): void
  synced(seconds: number): void
  /** An election was held: the term is a new one. */
  election(): void
  /** Reads the node's state at each scrape. */
  observe(status: () => LedgerStatus & { logEntries: number }): void
}

const roles = ['follower', 'pre-candidate', 'candidate', 'leader'] as const
/** Seconds: from a disk without moving parts to half way round the world and back, twice. */
const quorumBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.3, 0.5, 1, 2.5]
const syncBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]

export function createLedgerMeter(metrics: Metrics): LedgerMeter {
  const quorum = metrics.histogram({
    name: 'faultline_ledger_quorum_duration_seconds',
    help: 'From proposing a block until a majority has stored it',
    buckets: quorumBuckets,
  })
  const syncs = metrics.histogram({
    name: 'faultline_ledger_fsync_duration_seconds',
    help: 'Syncs of the log',
    buckets: syncBuckets,
  })
  const elections = metrics.counter({
    name: 'faultline_ledger_elections_total',
    help: 'Elections that this node saw begin, its own and those of others',
  })
  elections.add({}, 0)
  return {
    quorum: (seconds, span) => quorum.record(seconds, {}, span),
    synced: (seconds) => syncs.record(seconds, {}),
    election: () => elections.add({}),
    observe: (status) => observeStatus(metrics, status),
  }
}

function observeStatus(metrics: Metrics, status: () => LedgerStatus & { logEntries: number }): void {
  metrics.observeGauge(
    { name: 'faultline_ledger_role', help: '1 for the role that the node has, 0 for the others', labels: ['role'] },
    () => {
      const { role: present } = status()
      return roles.map((role) => [{ role: role.replace('-', '_') }, role === present ? 1 : 0] as const)
    },
  )
  metrics.observeGauge(
    {
      name: 'faultline_ledger_follower_lag_entries',
      help: 'Entries of the log that a follower has not stored yet; told by the leader',
      labels: ['follower'],
    },
    () => {
      const { followers, lastLogIndex } = status()
      return followers.map(({ id, matchIndex }) => [{ follower: instanceOf(id) }, lastLogIndex - matchIndex] as const)
    },
  )
  const gauges = {
    faultline_ledger_term: ['Term of the node', () => status().term],
    faultline_ledger_commit_index: [
      'Place in the log up to which a majority has stored it',
      () => status().commitIndex,
    ],
    faultline_ledger_applied_index: ['Place in the log up to which it was applied', () => status().appliedIndex],
    faultline_ledger_last_index: ['Last place in the log', () => status().lastLogIndex],
    faultline_ledger_voters: ['Voting members', () => status().membership.voters.length],
    faultline_ledger_has_leader: ['Whether the node knows a leader: 0 or 1', () => (status().leader === null ? 0 : 1)],
    faultline_ledger_log_entries: ['Entries of the log on the disk', () => status().logEntries],
    faultline_ledger_log_size_bytes: ['The log on the disk', () => status().logBytes],
    faultline_ledger_chain_size_bytes: ['The chain on the disk', () => status().chainBytes],
  } as const
  for (const [name, [help, read]] of Object.entries(gauges)) metrics.observeGauge({ name, help }, read)
  metrics.observeCounter(
    { name: 'faultline_ledger_blocks_total', help: 'Blocks of the chain' },
    () => status().tip.height,
  )
  metrics.observeCounter(
    { name: 'faultline_ledger_charges_total', help: 'Charges in the chain' },
    () => status().charges,
  )
}
