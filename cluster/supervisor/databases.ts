// PostgreSQL as part of a cluster: started with its replicas, seeded, started again when a server dies.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Region } from '../../services/kit/control/document.ts'
import { HttpError } from '../../services/kit/http/errors.ts'
import type { Annotations } from '../control-plane/annotations.ts'
import type { InjectedFault } from '../control-plane/faults/contract.ts'
import type { ProcessStatus } from '../control-plane/supervision.ts'
import type { PostgresCluster } from '../postgres/cluster.ts'
import { PostgresError } from '../postgres/errors.ts'
import { renewPasswords } from '../postgres/impairments.ts'
import { startPostgres } from '../postgres/start.ts'
import type { SynchronousReplication } from '../postgres/synchronous-replication.ts'
import { type SeedOutcome, seedDatabases } from '../seed/seed.ts'
import { regionDelays } from '../topology/delays.ts'
import { type DatabaseName, type DatabaseRole, homeRegion } from '../topology/kinds.ts'
import { type ClusterSize, postgresNodesFor, postgresPrimary } from '../topology/nodes.ts'
import { afterDeath, noDeaths } from './backoff.ts'
import { DatabaseFaults, promotionsOf } from './database-faults.ts'
import { treeMemoryBytes } from './memory.ts'
import { processUptimeS } from './process-uptime.ts'

export type DatabasesDeps = {
  dataDir: string
  size: ClusterSize
  passwords: Record<DatabaseRole, string>
  annotations: Annotations
  port(id: string): Promise<number>
  onProgress(text: string): void
  /** A server died, or does not start again, in words. */
  onDeath(text: string): void
  /** Another server takes the writes now. */
  onPrimary(primary: { server: string; region: Region; port: number }): void
  signal: AbortSignal
}

const databaseNames = ['users', 'products', 'orders', 'payments'] as const satisfies DatabaseName[]

export class Databases {
  readonly #cluster: PostgresCluster
  readonly #deps: DatabasesDeps
  readonly #deaths = new Map<string, { consecutive: number }>()
  readonly #restarts = new Map<string, number>()
  readonly #startedAtMs = new Map<string, number>()
  readonly #faults: DatabaseFaults
  #stopping = false

  private constructor(cluster: PostgresCluster, deps: DatabasesDeps) {
    this.#cluster = cluster
    const promotions = promotionsOf(cluster, ({ name, region, port }) =>
      // postgresNodesFor gave it one of the regions.
      deps.onPrimary({ server: name, region: region as Region, port }),
    )
    this.#faults = new DatabaseFaults(cluster, promotions)
    this.#deps = deps
  }

  /** Starts the primary with its databases and roles. Throws a `PostgresError` that says what to do. */
  static async start(deps: DatabasesDeps): Promise<Databases> {
    // The cluster exists before anything of it can die.
    let databases: Databases | undefined
    const nodes = await Promise.all(
      postgresNodesFor(deps.size).map(async ({ id, region, role }) => ({
        name: id,
        region,
        role,
        port: await deps.port(id),
        applyDelayMs: regionDelays()[homeRegion]?.[region] ?? 0,
        logFile: join(deps.dataDir, 'postgres', `${id}.log`),
      })),
    )
    const cluster = await startPostgres({
      dataDir: join(deps.dataDir, 'postgres'),
      nodes,
      databases: databaseNames.map((name) => ({ name, owner: name, password: deps.passwords[name] })),
      roles: [{ name: 'fulfilment', password: deps.passwords.fulfilment, databases: ['orders'] }],
      onProgress: deps.onProgress,
      signal: deps.signal,
      onExit: ({ name, code, signal }) => databases?.died(name, signal ?? `exit code ${code}`),
    })
    try {
      // A run that ended in the midst of a fault has left its primary and its roles as they were then.
      await cluster.bringHome(postgresPrimary)
      if (!cluster.isFresh) await renewPasswords(cluster, Object.keys(deps.passwords))
    } catch (error) {
      await cluster.stop().catch(() => undefined)
      throw error
    }
    databases = new Databases(cluster, deps)
    databases.#startedAtMs.set(cluster.primary.name, performance.now())
    return databases
  }

  seed(options: { seed: number; mediaDir: string }): Promise<SeedOutcome> {
    const urls = {
      users: this.url('users', 'users'),
      products: this.url('products', 'products'),
      orders: this.url('orders', 'orders'),
      payments: this.url('payments', 'payments'),
      fulfilment: this.url('fulfilment', 'orders'),
    }
    return seedDatabases({ urls, size: this.#deps.size, ...options })
  }

  async startReplicas(): Promise<void> {
    await this.#cluster.startReplicas()
    for (const { name } of this.#cluster.nodes) this.#startedAtMs.set(name, performance.now())
  }

  /** Connection string of the primary, or of the replica that stands in `region`. */
  url(role: DatabaseRole, database: string, region?: string): string {
    return this.#cluster.url(database, { role, ...(region === undefined ? {} : { node: `postgres-${region}` }) })
  }

  hasReplica(region: string): boolean {
    return this.#cluster.nodes.some((server) => server.region === region && server.role === 'replica')
  }

  has(id: string): boolean {
    return this.#cluster.nodes.some(({ name }) => name === id)
  }

  async restart(id: string): Promise<void> {
    await this.#cluster.node(id).restart()
    this.#startedAtMs.set(id, performance.now())
    this.#deps.annotations.add('node-restarted', id, `${id} restarted`)
  }

  /** SIGKILLs a server; it is started again as after a crash. */
  async kill(id: string): Promise<{ pid: number }> {
    const server = this.#cluster.node(id)
    const { pid } = server
    await server.kill()
    this.#deps.annotations.add('node-killed', id, `${id} killed`)
    void this.#startAgain(id)
    return { pid: pid ?? 0 }
  }

  /** Has commits wait for replicas. Throws a 409 where there is no replica to wait for, a 503 while the primary does not answer. */
  async setSynchronousReplication(mode: SynchronousReplication): Promise<void> {
    try {
      await this.#cluster.setSynchronousReplication(mode)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      if (cause instanceof PostgresError && cause.code === 'bad-options') {
        throw new HttpError(409, 'no_replica', why, { cause })
      }
      throw new HttpError(503, 'database_unavailable', `the primary database cannot be told: ${why}`, { cause })
    }
  }

  /** Brings the servers to what these faults make of them, sooner or later. */
  suffer(faults: readonly InjectedFault[]): void {
    this.#faults.apply(faults)
  }

  status(): ProcessStatus[] {
    return this.#cluster.nodes.map((server) => {
      const { name, region, role, pid, port, state } = server
      return {
        id: name,
        kind: 'postgres',
        // postgresNodesFor gave it one of the regions.
        region: region as ProcessStatus['region'],
        role,
        pid: pid ?? null,
        address: `127.0.0.1:${port}`,
        state: state === 'ready' ? 'running' : state,
        ready: state === 'ready',
        restarts: this.#restarts.get(name) ?? 0,
        memoryBytes: pid === undefined ? null : treeMemoryBytes(pid),
        uptimeS: pid === undefined ? null : (processUptimeS(pid) ?? null),
      }
    })
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#faults.stop()
    await this.#cluster.stop()
  }

  died(id: string, reason: string): void {
    this.#deps.annotations.add('node-died', id, `${id} died: ${reason}`)
    this.#deps.onDeath(`${id} died (${reason}); starting it again`)
    void this.#startAgain(id)
  }

  async #startAgain(id: string): Promise<void> {
    this.#restarts.set(id, (this.#restarts.get(id) ?? 0) + 1)
    while (!this.#stopping) {
      const livedMs = performance.now() - (this.#startedAtMs.get(id) ?? 0)
      const { deaths, waitMs } = afterDeath(this.#deaths.get(id) ?? noDeaths, livedMs)
      this.#deaths.set(id, deaths)
      await delay(waitMs)
      if (this.#stopping) return
      try {
        this.#startedAtMs.set(id, performance.now())
        await this.#cluster.node(id).start()
        return
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        this.#deps.onDeath(`${id} does not start again: ${why}`)
      }
    }
  }
}
