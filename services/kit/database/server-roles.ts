// Which database server is the primary, and how far the replica is behind: asked about once a second, told at each scrape.
import { type Metrics, noMetrics } from '../../../otel/sdk/metrics/instruments.ts'
import { type Lag, parsePosition, ReplicationWatch } from './replication.ts'

/** What a server says of itself; `position` is null on a standby that has replayed nothing yet. */
type Status = { standby: boolean; position: string | null }

export type StatusQuery = () => Promise<Status | undefined>

export const statusSql = `SELECT pg_is_in_recovery() AS standby,
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text AS position`

export type ServerRoles = {
  /** Asks the servers. Throws when the primary's does not answer; that of the replica keeps nobody waiting. */
  check(): Promise<void>
}

/** What was heard longer ago is not told any more. */
const MAX_AGE_MS = 5_000

type Asked = { name: string; ask: StatusQuery }
type Heard = { primary: boolean; lag: Lag | undefined; atMs: number }

export function createServerRoles(metrics: Metrics, primary: Asked, replica: Asked | undefined): ServerRoles {
  const heard = new Map<string, Heard>()
  const watch = new ReplicationWatch()
  let asking = false

  async function askReplica({ name, ask }: Asked): Promise<void> {
    if (asking) return
    asking = true
    try {
      const status = await ask()
      if (!status) return
      const atMs = performance.now()
      const lag = status.position === null ? undefined : watch.noteReplica(parsePosition(status.position), atMs)
      heard.set(name, { primary: !status.standby, lag, atMs })
    } catch {
      // Its clients report it.
    } finally {
      asking = false
    }
  }

  const recent = () => [...heard].filter(([, { atMs }]) => performance.now() - atMs < MAX_AGE_MS)
  const lags = (pick: (lag: Lag) => number) => () =>
    recent().flatMap(([name, { lag }]) => (lag ? [[{ server_address: name }, pick(lag)] as const] : []))
  const labels = ['server_address'] as const
  metrics.observeGauge(
    { name: 'faultline_database_primary', help: '1 when the server takes writes, 0 when it is a standby', labels },
    () => recent().map(([name, { primary: isPrimary }]) => [{ server_address: name }, isPrimary ? 1 : 0] as const),
  )
  if (replica) {
    metrics.observeGauge(
      {
        name: 'faultline_database_replication_lag_seconds',
        help: 'Since when the primary has held something that the replica has not replayed',
        labels,
      },
      lags(({ seconds }) => seconds),
    )
    metrics.observeGauge(
      {
        name: 'faultline_database_replication_lag_bytes',
        help: 'Log of the primary that the replica has not replayed',
        labels,
      },
      lags(({ bytes }) => bytes),
    )
  }

  return {
    async check() {
      const status = await primary.ask()
      if (metrics === noMetrics || !status) return
      const atMs = performance.now()
      heard.set(primary.name, { primary: !status.standby, lag: undefined, atMs })
      if (status.position !== null) watch.notePrimary(parsePosition(status.position), atMs)
      if (replica) void askReplica(replica)
    },
  }
}
