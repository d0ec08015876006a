// Which database server is the primary, and how far the replica is behind: asked about once a second, told at each scrape.
import { type Metrics, noMetrics } from '../../../otel/sdk/metrics/instruments.ts'
import type { PoolName } from './database-meter.ts'
import { type Lag, parsePosition, ReplicationWatch } from './replication.ts'

/** What a server says of itself; `position` is null on a standby that has replayed nothing yet. */
type Status = { standby: boolean; position: string | null; lockWaiters: number }

export type StatusQuery = () => Promise<Status | undefined>

export const statusSql = `SELECT pg_is_in_recovery() AS standby,
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text AS position,
  (SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND wait_event_type = 'Lock')::int AS "lockWaiters"`

export type ServerRoles = {
  /** Asks the servers. Throws when the primary's does not answer; that of the replica keeps nobody waiting. */
  check(): Promise<void>
  /** How far the replica is behind as far as is known, in seconds. */
  replicaLagS(): number | undefined
}

/** What was heard longer ago is not told any more. */
const MAX_AGE_MS = 5_000
const roles = ['primary', 'replica', 'unknown'] as const
type Role = (typeof roles)[number]

type Heard = { role: Role; lag: Lag | undefined; lockWaiters: number; atMs: number }

export function createServerRoles(
  metrics: Metrics,
  askPrimary: StatusQuery,
  askReplica: StatusQuery | undefined,
): ServerRoles {
  const heard = new Map<PoolName, Heard>()
  const watch = new ReplicationWatch()
  let asking = false
  const hear = (pool: PoolName, { standby, lockWaiters }: Status, lag?: Lag) =>
    heard.set(pool, { role: standby ? 'replica' : 'primary', lag, lockWaiters, atMs: performance.now() })

  async function hearReplica(ask: StatusQuery): Promise<void> {
    if (asking) return
    asking = true
    try {
      const status = await ask()
      if (!status) return
      const { position } = status
      const lag = position === null ? undefined : watch.noteReplica(parsePosition(position), performance.now())
      hear('replica', status, lag)
    } catch {
      // Its clients report it.
    } finally {
      asking = false
    }
  }

  observeServers(metrics, askReplica ? ['primary', 'replica'] : ['primary'], (pool) => {
    const last = heard.get(pool)
    return last && performance.now() - last.atMs < MAX_AGE_MS ? last : undefined
  })

  return {
    replicaLagS: () => heard.get('replica')?.lag?.seconds,
    async check() {
      const status = await askPrimary()
      if (metrics === noMetrics || !status) return
      hear('primary', status)
      if (status.position !== null) watch.notePrimary(parsePosition(status.position), performance.now())
      if (askReplica) void hearReplica(askReplica)
    },
  }
}

function observeServers(metrics: Metrics, pools: PoolName[], recent: (pool: PoolName) => Heard | undefined): void {
  metrics.observeGauge(
    {
      name: 'faultline_database_role',
      help: '1 for what the server at the other end says that it is, 0 for the others',
      labels: ['db_client_connection_pool_name', 'role'],
    },
    () =>
      pools.flatMap((pool) => {
        const known = recent(pool)?.role ?? 'unknown'
        return roles.map((role) => [{ db_client_connection_pool_name: pool, role }, role === known ? 1 : 0] as const)
      }),
  )
  metrics.observeGauge(
    {
      name: 'faultline_database_lock_waiters',
      help: 'Sessions of this service that wait for a lock of another on the primary',
    },
    () => recent('primary')?.lockWaiters,
  )
  if (!pools.includes('replica')) return
  metrics.observeGauge(
    {
      name: 'faultline_replication_lag_seconds',
      help: 'Since when the primary has held something that the replica of this node has not replayed',
    },
    () => recent('replica')?.lag?.seconds,
  )
  metrics.observeGauge(
    {
      name: 'faultline_replication_lag_bytes',
      help: 'Log of the primary that the replica of this node has not replayed',
    },
    () => recent('replica')?.lag?.bytes,
  )
}
