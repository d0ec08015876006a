/** What the primary knows of its replicas: slots, lag, and whether one must be copied anew because it cannot catch up. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { readControlFile } from './control-file.ts'

const SLOT_DEADLINE_MS = 5_000

/** Why a replica's folder is of no use and the primary is copied into it. */
export type CopyReason = 'new' | 'was promoted' | 'is not of this primary' | 'fell too far behind'

/** State of one replica as the primary sees it. */
export interface ReplicaStatus {
  name: string
  /** `streaming` is the good one; `catchup` and `startup` lead there; `disconnected`: not connected now. */
  state: 'startup' | 'catchup' | 'streaming' | 'backup' | 'stopping' | 'disconnected'
  /** Age of the newest change that it does not show yet, in seconds; null while that is unknown (disconnected). */
  replayLagSeconds: number | null
  /** WAL between the primary's newest position and what the replica shows; null when it must be copied anew. */
  lagBytes: number | null
}

/** Name of a replica's slot: PostgreSQL allows no hyphen in it. */
export function slotName(replica: string): string {
  return replica.replaceAll('-', '_')
}

/**
 * Why `pgdata` must be filled from the primary, if it must. Looks at files and at the primary's slots.
 * @param slot undefined while the primary cannot be asked.
 */
export function copyReason(
  pgdata: string,
  primaryPgdata: string,
  slot: SlotHealth | undefined,
): CopyReason | undefined {
  if (!existsSync(pgdata)) return 'new'
  if (readControlFile(pgdata)?.systemIdentifier !== readControlFile(primaryPgdata)?.systemIdentifier)
    return 'is not of this primary'
  if (!existsSync(join(pgdata, 'standby.signal'))) return 'was promoted'
  return slot === 'lost' ? 'fell too far behind' : undefined
}

/** Whether the primary still has the WAL that a replica needs: surely, until its next checkpoint at most, or no more. */
export type SlotHealth = 'good' | 'endangered' | 'lost'

/** The health of each replica's slot; a missing one is lost. */
export async function readSlotHealth(primary: pg.Pool, replicas: string[]): Promise<Map<string, SlotHealth>> {
  const { rows } = await primary.query<{ slot_name: string; wal_status: string | null }>(
    'SELECT slot_name, wal_status FROM pg_replication_slots WHERE restart_lsn IS NOT NULL',
  )
  const status = new Map(rows.map((row) => [row.slot_name, row.wal_status ?? 'lost']))
  return new Map(replicas.map((name) => [name, toHealth(status.get(slotName(name)) ?? 'lost')]))
}

function toHealth(walStatus: string): SlotHealth {
  if (walStatus === 'lost') return 'lost'
  return walStatus === 'unreserved' ? 'endangered' : 'good'
}

/**
 * Makes a fresh slot that keeps WAL from now on, in the place of an older one.
 * @throws Error when the older one stays in use for five seconds.
 */
export async function renewSlot(primary: pg.Pool, replica: string): Promise<void> {
  const slot = slotName(replica)
  const end = performance.now() + SLOT_DEADLINE_MS
  for (;;) {
    // The process that served a killed replica may live on for a moment and hold the slot.
    const { rows } = await primary.query<{ active_pid: number | null }>(
      'SELECT active_pid, pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1',
      [slot],
    )
    if (rows[0] === undefined) break
    if (rows[0].active_pid === null) await primary.query('SELECT pg_drop_replication_slot($1)', [slot])
    else if (performance.now() > end) throw new Error(`The replication slot ${slot} stays in use.`)
    else await delay(10)
  }
  await primary.query('SELECT pg_create_physical_replication_slot($1, true)', [slot])
}

interface StatusRow {
  slot_name: string
  state: ReplicaStatus['state'] | null
  replay_lag: number | null
  lag_bytes: string | null
}

// A replica that has shown everything reports no lag (null); one that is stuck reports a growing one.
const STATUS = `
  SELECT s.slot_name, r.state, extract(epoch FROM r.replay_lag)::float8 AS replay_lag,
         pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(r.replay_lsn, s.restart_lsn))::text AS lag_bytes
  FROM pg_replication_slots s LEFT JOIN pg_stat_replication r ON r.pid = s.active_pid`

/** Asks the primary how far its replicas are. One short query. */
export async function readReplicationStatus(primary: pg.Pool, replicas: string[]): Promise<ReplicaStatus[]> {
  const { rows } = await primary.query<StatusRow>(STATUS)
  return replicas.map((name) => {
    const row = rows.find((candidate) => candidate.slot_name === slotName(name))
    const lagBytes = row?.lag_bytes == null ? null : Math.max(0, Number(row.lag_bytes))
    // The measured lag lingers for a while after the last change.
    const lagSeconds = lagBytes === 0 ? 0 : (row?.replay_lag ?? 0)
    const isConnected = row?.state != null
    return { name, state: row?.state ?? 'disconnected', replayLagSeconds: isConnected ? lagSeconds : null, lagBytes }
  })
}
