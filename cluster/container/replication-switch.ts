// Tells the primary which commits count. It reads no data.
import { HttpError } from '../../services/kit/http/errors.ts'
import { type SynchronousReplication, standbyNames } from '../postgres/synchronous-replication.ts'
import { postgresNodesFor } from '../topology/nodes.ts'
import type { DatabaseServers } from './database-servers.ts'

const RETRY_MS = 1_000

export type ReplicationSwitch = {
  /** Rejects with an `HttpError` 409 when the primary does not take it. */
  set(mode: SynchronousReplication): Promise<void>
  /** Sets this mode as soon as the primary answers, unless another one is asked for before. */
  keep(mode: SynchronousReplication): void
  close(): void
}

export function createReplicationSwitch(servers: Pick<DatabaseServers, 'connect'>): ReplicationSwitch {
  let timer: NodeJS.Timeout | undefined
  let wanted: SynchronousReplication | undefined
  let telling: Promise<void> = Promise.resolve()

  async function tell(mode: SynchronousReplication): Promise<void> {
    const replicas = postgresNodesFor('full').flatMap(({ id, role }) => (role === 'replica' ? [id] : []))
    const client = await servers.connect('postgres')
    try {
      // It commits nothing that would wait for what it sets; a name cannot be a parameter, and these are ours.
      await client.query(
        `ALTER SYSTEM SET synchronous_standby_names = ${client.escapeLiteral(standbyNames(mode, replicas))}`,
      )
      await client.query('SELECT pg_reload_conf()')
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  async function tellWanted(): Promise<void> {
    if (wanted === undefined) return
    telling = tell(wanted)
    const isDone = await telling.then(
      () => true,
      () => false,
    )
    if (wanted !== undefined && !isDone) timer = setTimeout(tellWanted, RETRY_MS)
  }
  const stop = () => {
    wanted = undefined
    clearTimeout(timer)
  }

  return {
    async set(mode) {
      stop()
      // What is on its way must not arrive last.
      await telling.catch(() => undefined)
      await tell(mode).catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.message : String(cause)
        throw new HttpError(409, 'database_unavailable', `the primary did not take it: ${why}`, { cause })
      })
    },
    keep(mode) {
      stop()
      wanted = mode
      void tellWanted()
    },
    close: stop,
  }
}
