/**
 * A running PostgreSQL cluster as its caller sees it: servers, connection URLs, replicas, lag. Whether a dead server
 * starts again is the caller's decision.
 */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { readControlFile } from './control-file.ts'
import { PostgresError } from './errors.ts'
import { type ClusterPlan, SUPERUSER } from './options.ts'
import { type ReplicaSetDeps, refreshReplicas, slotHealth } from './replica-set.ts'
import { type ReplicaStatus, readReplicationStatus, type SlotHealth } from './replication.ts'
import type { PostgresServer } from './server.ts'
import { type SynchronousReplication, standbyNames } from './synchronous-replication.ts'

const REPAIR_INTERVAL_MS = 5_000
const FOLLOWING_DEADLINE_MS = 30_000
const FOLLOWING_POLL_MS = 50

/** Durations of the start, in ms; those of the replicas are there once `startReplicas` is done. */
export interface StartTimings {
  claimMs: number
  initialiseMs: number
  primaryMs: number
  databasesMs: number
  copyMs?: number
  replicasMs?: number
}

/** What `startPostgres` puts together. */
export interface ClusterDeps {
  plan: ClusterPlan
  servers: PostgresServer[]
  replicaSet: ReplicaSetDeps
  superuserPassword: string
  /** The primary's data was made in this run and holds nothing but empty databases. */
  isFresh: boolean
  timings: StartTimings
  onProgress(text: string): void
  /** Writes down the ports, which a server may have changed while it started. */
  rememberPorts(): void
  /** Writes down that `name` is about to take the writes: from now on its data counts, whatever becomes of this process. */
  promoting(name: string): void
  /** Writes down which history it makes, as the primary that `pool` reaches. */
  promoted(name: string, pool: pg.Pool): Promise<void>
  /** Gives the data directory back. */
  release(): void
}

/** The cluster; made by `startPostgres`. */
export class PostgresCluster {
  readonly isFresh: boolean
  readonly timings: StartTimings
  /** All servers, in the order of the options. */
  readonly nodes: readonly PostgresServer[]
  readonly #deps: ClusterDeps
  #repairTimer: NodeJS.Timeout | undefined
  #repairing: Promise<string[]> | undefined
  /** Replicas that a repair stopped and could not start yet; nobody else knows that they should run. */
  readonly #unrepaired = new Set<PostgresServer>()
  #isStopping = false
  /** The primary is being changed, or is followed anew: nothing is repaired meanwhile. */
  #isMoving = false
  /** As it was set last, for the next primary as well. */
  #synchronous: SynchronousReplication = 'off'

  constructor(deps: ClusterDeps) {
    this.#deps = deps
    this.isFresh = deps.isFresh
    this.timings = deps.timings
    this.nodes = deps.servers
  }

  /** Whoever takes writes; a promotion changes it. */
  get primary(): PostgresServer {
    return this.#deps.replicaSet.primary
  }

  /** @throws PostgresError `bad-options` for a name that is not in the options. */
  node(name: string): PostgresServer {
    const found = this.nodes.find((server) => server.name === name)
    if (found === undefined) throw new PostgresError('bad-options', `There is no PostgreSQL server "${name}".`)
    return found
  }

  /**
   * Fills the replicas that need it from the primary (all at once, with whatever has been seeded by then), starts all
   * and resolves when they can be read. From then on a replica that fell too far behind is copied anew by itself.
   */
  async startReplicas(): Promise<void> {
    const replicas = this.#replicas()
    const begin = performance.now()
    await refreshReplicas(this.#deps.replicaSet, replicas)
    this.timings.copyMs = performance.now() - begin
    await Promise.all(replicas.map((replica) => replica.start()))
    this.timings.replicasMs = performance.now() - begin
    this.#deps.rememberPorts()
    this.#repairTimer ??= setInterval(() => this.#repairQuietly(), REPAIR_INTERVAL_MS).unref()
  }

  /** Restarts each running replica that can no longer catch up, and so copies it anew. Returns their names. */
  repairReplicas(): Promise<string[]> {
    this.#repairing ??= this.#repairReplicas().finally(() => {
      this.#repairing = undefined
    })
    return this.#repairing
  }

  async #repairReplicas(): Promise<string[]> {
    if (this.#isMoving) return []
    const running = this.#replicas().filter((replica) => replica.state === 'ready')
    const health = await slotHealth(this.#deps.replicaSet, running)
    // A frozen replica is ended before its WAL is gone for good: the primary's checkpoint would wait for it.
    const broken = this.#replicas().filter(
      (replica) =>
        this.#unrepaired.has(replica) || (running.includes(replica) && isInDanger(health?.get(replica.name))),
    )
    await Promise.all(broken.map((replica) => this.#restart(replica)))
    return broken.map((replica) => replica.name)
  }

  /**
   * Connection URL of a role of the options, with its password.
   * @param at.node the server; default: the primary.
   * @throws PostgresError `bad-options` for an unknown role or server.
   */
  url(database: string, at: { role: string; node?: string }): string {
    const { databases, roles } = this.#deps.plan
    const owners = databases.map(({ owner, password }) => ({ name: owner, password }))
    const role = [...owners, ...roles].find(({ name }) => name === at.role)
    if (role === undefined) throw new PostgresError('bad-options', `There is no PostgreSQL role "${at.role}".`)
    const { port } = at.node === undefined ? this.primary : this.node(at.node)
    return `postgresql://${role.name}:${encodeURIComponent(role.password)}@127.0.0.1:${port}/${database}`
  }

  /** A new connection as superuser, which the caller ends. For setting up and for tests, not for services. */
  async connect(database: string, node?: string): Promise<pg.Client> {
    const { port } = node === undefined ? this.primary : this.node(node)
    return connectAsSuperuser(port, this.#deps.superuserPassword, database)
  }

  /**
   * Has each commit wait until replicas have it, from now on and after restarts of the primary, until this run ends.
   * Commits wait for as long as there are too few replicas.
   * @throws PostgresError `bad-options` where there is no replica.
   */
  async setSynchronousReplication(mode: SynchronousReplication): Promise<void> {
    const names = standbyNames(
      mode,
      this.#replicas().map((replica) => replica.name),
    )
    const client = await this.connect('postgres')
    try {
      // Not a commit that would wait for what it sets; a name cannot be a parameter, and these are ours.
      await client.query(`ALTER SYSTEM SET synchronous_standby_names = ${client.escapeLiteral(names)}`)
      await client.query('SELECT pg_reload_conf()')
      this.#synchronous = mode
    } finally {
      await client.end()
    }
  }

  /**
   * Ends the primary as a crash would and makes the replica that has most of its log the new one. Nothing that was committed is lost
   * when commits waited for a replica; otherwise what no replica had yet. The old one stays down until `rejoin`.
   * @param detectedAfterMs how long there is no primary at all
   * @param signal ends that time: the old primary starts again, and the failover fails
   * @throws PostgresError `bad-options` when no replica runs.
   */
  async failOver(detectedAfterMs = 0, signal?: AbortSignal): Promise<PostgresServer> {
    return this.#moving(() => this.#failOver(detectedAfterMs, signal))
  }

  async #failOver(detectedAfterMs: number, signal: AbortSignal | undefined): Promise<PostgresServer> {
    const old = this.primary
    const candidates = this.#replicas().filter((replica) => replica.state === 'ready')
    if (candidates.length === 0) throw new PostgresError('bad-options', 'No replica runs that could be promoted.')
    // Fenced before another takes writes: two primaries would each accept orders.
    await old.kill()
    const chosen = await this.#chooseAfter(detectedAfterMs, signal, candidates).catch(async (error: unknown) => {
      // Nobody has taken over, and nobody will: it goes on.
      await old.start()
      throw error
    })
    await this.#promote(chosen)
    return chosen
  }

  async #chooseAfter(waitMs: number, signal: AbortSignal | undefined, candidates: PostgresServer[]) {
    await delay(waitMs, undefined, signal ? { signal } : {})
    return this.#mostAdvanced(candidates)
  }

  /**
   * Makes `name` the primary in an orderly way: the present one ends only when its replicas have everything. Does nothing where it is one.
   */
  async switchOver(name: string): Promise<void> {
    const next = this.node(name)
    if (next === this.primary) return
    await this.#moving(async () => {
      // A server that shuts down sends its replicas all that it has, and waits until they have it.
      const old = this.primary
      await old.stop()
      try {
        await this.#expectAllOf(old, next)
      } catch (error) {
        await old.start()
        throw error
      }
      await this.#promote(next)
    })
  }

  /**
   * Gives the writes back to `name` when another took over in a run that ended before it could: the old primary is copied from the new one
   * first, and then takes over in order. Does nothing where `name` is the primary.
   */
  async bringHome(name: string): Promise<void> {
    if (this.primary.name === name) return
    this.#deps.onProgress(
      `${this.primary.name} took over in the last run; ${name} is copied from it and gets its place back`,
    )
    await this.node(name).start()
    const end = performance.now() + FOLLOWING_DEADLINE_MS
    for (;;) {
      const status = (await this.replicationStatus()).find((replica) => replica.name === name)
      if (status?.state === 'streaming') break
      if (performance.now() > end)
        throw new PostgresError(
          'start-failed',
          `${name} does not follow ${this.primary.name}; its log, ${this.node(name).logFile}, tells why.`,
        )
      await delay(FOLLOWING_POLL_MS)
    }
    await this.switchOver(name)
  }

  /** @throws PostgresError when `old`, which was stopped, may hold a commit that `next` has not. */
  async #expectAllOf(old: PostgresServer, next: PostgresServer): Promise<void> {
    const control = readControlFile(old.pgdata)
    const client = await this.connect('postgres', next.name)
    try {
      const { rows } = await client.query<{ bytes: string | null }>(
        "SELECT pg_wal_lsn_diff(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0')::text AS bytes",
      )
      if (control?.isShutDown && BigInt(rows[0]?.bytes ?? 0) > control.checkpoint) return
    } finally {
      await client.end()
    }
    throw new PostgresError('start-failed', `${next.name} has not got all that ${old.name} accepted.`)
  }

  /** Has every server that is not the primary follow it: copied anew, for after a promotion histories differ. */
  async rejoin(): Promise<void> {
    await this.#moving(() => Promise.all(this.#replicas().map((replica) => this.#restart(replica))))
  }

  async #moving<T>(work: () => Promise<T>): Promise<T> {
    this.#isMoving = true
    try {
      await this.#repairing?.catch(() => undefined)
      return await work()
    } finally {
      this.#isMoving = false
    }
  }

  async #mostAdvanced(candidates: PostgresServer[]): Promise<PostgresServer> {
    const positions = await Promise.all(
      candidates.map(async (server) => {
        const client = await this.connect('postgres', server.name)
        try {
          const { rows } = await client.query<{ bytes: string }>(
            "SELECT pg_wal_lsn_diff(coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0')::text AS bytes",
          )
          return { server, bytes: BigInt(rows[0]?.bytes ?? 0) }
        } finally {
          await client.end()
        }
      }),
    )
    const [first] = positions.sort((a, b) => (a.bytes < b.bytes ? 1 : -1))
    // There is at least one candidate.
    return (first as (typeof positions)[number]).server
  }

  async #promote(server: PostgresServer): Promise<void> {
    const client = await this.connect('postgres', server.name)
    try {
      this.#deps.promoting(server.name)
      // A wish of its time as a replica: it must not hold back what it takes over.
      await client.query('ALTER SYSTEM RESET recovery_min_apply_delay')
      await client.query('SELECT pg_reload_conf()')
      const { rows } = await client.query<{ done: boolean }>('SELECT pg_promote(true, 30) AS done')
      if (!rows[0]?.done) throw new PostgresError('start-failed', `${server.name} was not promoted within 30 seconds.`)
    } finally {
      await client.end()
    }
    const { replicaSet } = this.#deps
    const pool = createPool(server.port, this.#deps.superuserPassword)
    await this.#deps.promoted(server.name, pool).catch(async (error: unknown) => {
      await pool.end()
      throw error
    })
    await replicaSet.pool.end().catch(() => undefined)
    replicaSet.primary = server
    replicaSet.pool = pool
    if (this.#synchronous !== 'off') await this.setSynchronousReplication(this.#synchronous)
  }

  /** Lag of each replica, as the primary sees it; fails while the primary is down. */
  replicationStatus(): Promise<ReplicaStatus[]> {
    const names = this.#replicas().map((replica) => replica.name)
    return readReplicationStatus(this.#deps.replicaSet.pool, names)
  }

  /** Stops all servers, replicas first, and gives the data directory back. Safe to call more than once. */
  async stop(): Promise<void> {
    this.#isStopping = true
    clearInterval(this.#repairTimer)
    await this.#deps.replicaSet.pool.end().catch(() => undefined)
    try {
      await Promise.all(this.#replicas().map((replica) => replica.stop()))
      await this.primary.stop()
    } finally {
      this.#deps.release()
    }
  }

  async #restart(replica: PostgresServer): Promise<void> {
    this.#unrepaired.add(replica)
    await replica.stop()
    // The cluster may have been stopped meanwhile, and nothing would stop this one again.
    if (!this.#isStopping) await replica.start()
    this.#unrepaired.delete(replica)
  }

  #replicas(): PostgresServer[] {
    return this.nodes.filter((server) => server.role === 'replica')
  }

  #repairQuietly(): void {
    this.repairReplicas().catch((error: unknown) => {
      this.#deps.onProgress(`a replica could not be repaired: ${error instanceof Error ? error.message : error}`)
    })
  }
}

function isInDanger(health: SlotHealth | undefined): boolean {
  return health === 'lost' || health === 'endangered'
}

/** Connects to a server of ours as superuser. */
export async function connectAsSuperuser(port: number, password: string, database: string): Promise<pg.Client> {
  const client = new pg.Client(superuserConfig(port, password, database))
  // A server that is killed under an idle connection must not end this process.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** Settings of a superuser's connection; nothing is left to PG… variables. */
export function superuserConfig(port: number, password: string, database: string): pg.ClientConfig {
  const user = SUPERUSER
  return { host: '127.0.0.1', port, user, password, database, ssl: false, connectionTimeoutMillis: 5_000 }
}

/** Of the superuser, on whichever server is the primary. */
export function createPool(port: number, password: string): pg.Pool {
  // The timeout is for a primary that a fault has stopped: whoever asks must not wait for it.
  const pool = new pg.Pool({ ...superuserConfig(port, password, 'postgres'), max: 1, query_timeout: 5_000 })
  // A primary that is killed takes its connections with it; whoever needs one next gets the error.
  pool.on('error', () => undefined)
  return pool
}
