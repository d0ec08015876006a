/** Keeps the replicas usable: copies the primary into those that are new, promoted, foreign or too far behind. */
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { copyPrimary } from './base-backup.ts'
import { forgetRuntimeSettings } from './configure.ts'
import { writeAtomically } from './data-directory.ts'
import { REPLICATION_ROLE } from './options.ts'
import { type CopyReason, copyReason, readSlotHealth, renewSlot, type SlotHealth } from './replication.ts'
import type { PostgresServer } from './server.ts'
import type { ServerUser } from './server-user.ts'

/** A replica by name and folder. */
export interface Replica {
  name: string
  pgdata: string
}

/** What copying needs. */
export interface ReplicaSetDeps {
  /** Changes with a promotion, and the pool with it. */
  primary: PostgresServer
  /** Connections to the primary as superuser. */
  pool: pg.Pool
  replicationPassword: string
  user: ServerUser
  onProgress(text: string): void
}

/** Copies whatever of `replicas` needs it, all from one stream. A primary that is down leaves existing ones as they are. */
export async function refreshReplicas(deps: ReplicaSetDeps, replicas: Replica[]): Promise<void> {
  const slots = await slotHealth(deps, replicas)
  const stale = replicas.flatMap((replica) => {
    const reason = copyReason(replica.pgdata, deps.primary.pgdata, slots?.get(replica.name))
    return reason === undefined ? [] : [{ ...replica, reason }]
  })
  if (stale.length > 0) await copyReplicas(deps, stale)
}

/** Whether `replicas` can still follow; undefined while the primary cannot say. */
export async function slotHealth(
  deps: ReplicaSetDeps,
  replicas: Replica[],
): Promise<Map<string, SlotHealth> | undefined> {
  if (deps.primary.state !== 'ready') return undefined
  const names = replicas.map(({ name }) => name)
  return readSlotHealth(deps.pool, names).catch(() => undefined)
}

/** Replaces the replicas' folders by copies of the primary; the old ones stay until the copy is complete. */
export async function copyReplicas(
  deps: ReplicaSetDeps,
  replicas: (Replica & { reason: CopyReason | 'does not start' })[],
): Promise<void> {
  for (const { name, reason } of replicas) deps.onProgress(`copying the primary to ${name} (${reason})`)
  await Promise.all(replicas.map(({ name }) => renewSlot(deps.pool, name)))
  const source = { port: deps.primary.port, user: REPLICATION_ROLE, password: deps.replicationPassword }
  await copyPrimary(source, replicas.map(draftFolder), deps.user)
  for (const replica of replicas) {
    forgetRuntimeSettings(draftFolder(replica), deps.user)
    // From here on its absence means that the copy was promoted.
    writeAtomically(join(draftFolder(replica), 'standby.signal'), '', 0o600, deps.user)
    rmSync(replica.pgdata, { recursive: true, force: true })
    renameSync(draftFolder(replica), replica.pgdata)
  }
}

function draftFolder({ pgdata }: Replica): string {
  return `${pgdata}.new`
}
