/** `startPostgres`: from a data directory, which may be missing, to a cluster whose primary accepts connections. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { type ClaimedDirectory, claimDataDirectory } from './claim.ts'
import { connectAsSuperuser, createPool, PostgresCluster, type StartTimings } from './cluster.ts'
import { writeMarker } from './data-directory.ts'
import { provision } from './databases.ts'
import { PostgresError } from './errors.ts'
import { initialise } from './initialise.ts'
import { stopAllLeftovers } from './leftovers.ts'
import { type ClusterPlan, type PostgresOptions, parseOptions, REPLICATION_ROLE, SUPERUSER } from './options.ts'
import type { ReplicaSetDeps } from './replica-set.ts'
import type { PostgresServer } from './server.ts'
import { createServers } from './servers.ts'

/**
 * Starts the primary and creates databases and roles. Resolves when services can use them; replicas follow with
 * `startReplicas()`, so that the caller can seed first and the copies carry the seed.
 * @throws PostgresError whose message says what to do; then nothing is left running.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresCluster> {
  const plan = parseOptions(options)
  const onProgress = options.onProgress ?? (() => undefined)
  const begin = performance.now()
  const primaryPlan = plan.nodes.find((node) => node.role === 'primary')
  // parseOptions refuses a plan without a primary.
  if (primaryPlan === undefined) throw new Error('no primary')
  const replicas = plan.nodes.filter((node) => node.role === 'replica').map((node) => node.name)
  const claimed = await claimDataDirectory(plan.dataDir, primaryPlan.name, replicas)
  reportPast(claimed, onProgress)
  const timings: StartTimings = { claimMs: performance.now() - begin, initialiseMs: 0, primaryMs: 0, databasesMs: 0 }
  const isFresh = !existsSync(join(claimed.path, claimed.primary))
  // What an earlier one accepted is gone with it.
  if (isFresh) delete claimed.marker.primary
  let replicaSet: ReplicaSetDeps | undefined
  let pool: pg.Pool | undefined
  try {
    const servers = await createServers(plan, claimed, options, () => replicaSet)
    const primary = servers.find((server) => server.role === 'primary')
    if (primary === undefined) throw new Error('no primary')
    if (isFresh) {
      onProgress('creating the database files')
      await timed(timings, 'initialiseMs', () =>
        initialise(
          claimed.programs,
          primary.pgdata,
          { name: SUPERUSER, password: claimed.secrets.superuser },
          options.signal,
        ),
      )
    }
    options.signal?.throwIfAborted()
    onProgress(`starting ${primary.name}`)
    await timed(timings, 'primaryMs', () => primary.start())
    options.signal?.throwIfAborted()
    pool = createPool(primary.port, claimed.secrets.superuser)
    const { user } = claimed.programs
    await rememberPrimary(claimed, primary.name, pool)
    replicaSet = { primary, pool, replicationPassword: claimed.secrets.replication, user, onProgress }
    await timed(timings, 'databasesMs', () => createDatabases(plan, claimed, primary))
    rememberPorts(claimed, servers)
    return new PostgresCluster({
      plan,
      servers,
      replicaSet,
      superuserPassword: claimed.secrets.superuser,
      isFresh,
      timings,
      onProgress,
      rememberPorts: () => rememberPorts(claimed, servers),
      promoting: (name) => writePrimary(claimed, { ...claimed.marker.primary, name }),
      promoted: (name, newPool) => rememberPrimary(claimed, name, newPool),
      release: () => claimed.lock.release(),
    })
  } catch (error) {
    await pool?.end().catch(() => undefined)
    await stopAllLeftovers(claimed.path).catch(() => undefined)
    claimed.lock.release()
    throw error
  }
}

function reportPast({ leftovers, lock, path }: ClaimedDirectory, onProgress: (text: string) => void): void {
  if (leftovers > 0) onProgress(`stopped ${leftovers} PostgreSQL processes of an earlier run`)
  if (lock.machineCrashed) {
    onProgress(`the machine went down while PostgreSQL ran; should its data look wrong, move ${path} away`)
  }
}

async function createDatabases(plan: ClusterPlan, claimed: ClaimedDirectory, primary: PostgresServer): Promise<void> {
  const { databases, roles } = plan
  const replication = { name: REPLICATION_ROLE, password: claimed.secrets.replication }
  const connect = (database: string) => connectAsSuperuser(primary.port, claimed.secrets.superuser, database)
  const { provisioned } = claimed.marker
  claimed.marker.provisioned = await provision(
    connect,
    { databases, roles, replication },
    provisioned,
    claimed.secrets.superuser,
  )
}

function rememberPorts(claimed: ClaimedDirectory, servers: readonly PostgresServer[]): void {
  claimed.marker.ports = Object.fromEntries(servers.map((server) => [server.name, server.port]))
  writeMarker(claimed.path, claimed.marker)
}

/**
 * Writes down that `name` takes the writes and which history it makes.
 * @throws PostgresError `damaged-data-dir` when that history is older than the one which the last primary made.
 */
async function rememberPrimary(claimed: ClaimedDirectory, name: string, pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ wal: string }>('SELECT pg_walfile_name(pg_current_wal_lsn()) AS wal')
  // The first eight digits of a segment's name, hexadecimal.
  const timeline = Number.parseInt(rows[0]?.wal.slice(0, 8) ?? '', 16)
  const known = claimed.marker.primary
  if (known?.name === name && timeline < known.timeline) {
    throw new PostgresError(
      'damaged-data-dir',
      `The data of ${name} in ${claimed.path} is older than what it accepted in the last run (timeline ${timeline}, not ${known.timeline}). Move the data directory away to start afresh.`,
    )
  }
  writePrimary(claimed, { name, timeline })
}

function writePrimary(claimed: ClaimedDirectory, { name, timeline = 1 }: { name: string; timeline?: number }): void {
  claimed.marker.primary = { name, timeline }
  writeMarker(claimed.path, claimed.marker)
}

async function timed(timings: StartTimings, phase: keyof StartTimings, work: () => Promise<void>): Promise<void> {
  const begin = performance.now()
  await work()
  timings[phase] = performance.now() - begin
}
