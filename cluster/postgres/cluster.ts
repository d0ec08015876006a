/**
 * A running PostgreSQL cluster as its caller sees it: servers, connection URLs, replicas, lag. Whether a dead server
 * starts again is the caller's decision.
 */
import pg from 'pg'
import { PostgresError } from './errors.ts'
import { type ClusterPlan, SUPERUSER } from './options.ts'
import { type ReplicaSetDeps, refreshReplicas, slotHealth } from './replica-set.ts'
import { type ReplicaStatus, readReplicationStatus, type SlotHealth } from './replication.ts'
import type { PostgresServer } from './server.ts'
import { type SynchronousReplication, standbyNames } from './synchronous-replication.ts'

const REPAIR_INTERVAL_MS = 5_000

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
  /** Gives the data directory back. */
  release(): void
}

/** The cluster; made by `startPostgres`. */
export class PostgresCluster {
  readonly isFresh: boolean
  readonly timings: StartTimings
  readonly primary: PostgresServer
  /** All servers, in the order of the options. */
  readonly nodes: readonly PostgresServer[]
  readonly #deps: ClusterDeps
  #repairTimer: NodeJS.Timeout | undefined
  #repairing: Promise<string[]> | undefined
  /** Replicas that a repair stopped and could not start yet; nobody else knows that they should run. */
  readonly #unrepaired = new Set<PostgresServer>()
  #isStopping = false

  constructor(deps: ClusterDeps) {
    this.#deps = deps
    this.isFresh = deps.isFresh
    this.timings = deps.timings
    this.primary = deps.replicaSet.primary
    this.nodes = deps.servers
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
    } finally {
      await client.end()
    }
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
