// A cluster from start to stop: the sequence in which its parts come up beside each other, and go down one after the other.
// The command line, the tests and the benchmarks all start clusters here.
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { HttpError } from '../../services/kit/http/errors.ts'
import type { ClusterUrls } from '../control-plane/contract.ts'
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts'
import type { Supervision } from '../control-plane/supervision.ts'
import { nodeEnvironment } from '../topology/environment.ts'
import { kindSpec } from '../topology/kinds.ts'
import { type ClusterSize, type NodeSpec, nodesFor, postgresNodesFor } from '../topology/nodes.ts'
import { Backend } from './backend.ts'
import { Databases } from './databases.ts'
import { Fleet } from './fleet.ts'
import { memoryBytes } from './memory.ts'
import { endPastRun } from './past-run.ts'
import { Ports, type ReplacedPort } from './ports.ts'
import { identify } from './process-identity.ts'
import { claimRunFile, type RunFile, removeRunFile, writeRunFile } from './run-file.ts'
import { newSecret, readOrCreateSecrets } from './secrets.ts'
import { StartFailure } from './start-failure.ts'

export type ClusterOptions = {
  /** Installation: where dist/ lies, built. */
  root: string
  dataDir: string
  size: ClusterSize
  /** Requests a second that the load generator offers; 0 for none. */
  load: number
  /** Of the catalogue, the customers and the load. */
  seed: number
  /** `standard` tries the well-known ports first; `auto` takes any, for clusters beside each other. */
  ports: 'standard' | 'auto'
  /** False runs the nodes without telemetry, to measure what it costs. */
  telemetry?: boolean
  onProgress?: (progress: Progress) => void
  /** Calls the start off. */
  signal?: AbortSignal
}

export type Progress =
  | { kind: 'step'; text: string }
  | { kind: 'nodes'; ready: number; total: number }
  /** Worth knowing, and no failure. */
  | { kind: 'notice'; text: string }

export type Cluster = {
  readonly urls: ClusterUrls
  readonly token: string
  readonly controlPlane: ControlPlane
  readonly supervision: Supervision
  readonly databases: Databases
  readonly replacedPorts: readonly ReplacedPort[]
  /** Resolves when somebody asks the cluster to stop, through its API. */
  readonly stopRequested: Promise<void>
  /** Stops everything in order: load, callers before callees, telemetry, databases. Safe to call again. */
  stop(): Promise<void>
  /** Ends every process at once. */
  kill(): Promise<void>
}

const HOST = '127.0.0.1'

/**
 * Starts a cluster and resolves when every node is ready and the load runs.
 * Throws `AlreadyRunning`, `StartFailure` or `PostgresError`, whose messages say what to do; then nothing is left running.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const starting = new Starting({ ...options, dataDir: resolve(options.dataDir) })
  try {
    return await starting.run()
  } catch (error) {
    await starting.abandon()
    throw error
  }
}

class Starting {
  readonly #options: ClusterOptions
  readonly #ports: Ports
  readonly #token = newSecret()
  readonly #cancel = new AbortController()
  #run: RunFile | undefined
  #controlPlane: ControlPlane | undefined
  #fleet: Fleet | undefined
  #backend: Backend | undefined
  #databases: Databases | undefined
  #requestStop: () => void = () => {}

  constructor(options: ClusterOptions) {
    this.#options = options
    this.#ports = new Ports(options.ports === 'auto')
    options.signal?.addEventListener('abort', () => this.#cancel.abort(options.signal?.reason))
  }

  async run(): Promise<Cluster> {
    const { dataDir, root, size, load, seed } = this.#options
    const stopRequested = new Promise<void>((resolve) => {
      this.#requestStop = resolve
    })
    openDataDir(dataDir)
    const left = await endPastRun(dataDir)
    if (left > 0) this.#notice(`ended ${left} processes that an earlier run had left behind`)
    const urls = await this.#claim()
    const secrets = readOrCreateSecrets(dataDir)
    const version = readVersion(root)
    const supervision = this.#supervision()
    const controlPlane = await startControlPlane(
      {
        log: pino({ level: 'warn', base: { node: 'control-plane' } }, pino.destination({ dest: 2, sync: false })),
        token: this.#token,
        version,
        size,
        startedAt: new Date(),
        supervision,
        urls: () => urls,
      },
      { host: HOST, port: await this.#ports.standard('control') },
    )
    this.#controlPlane = controlPlane
    const backend = this.#startBackend(controlPlane)

    const mediaDir = join(dataDir, 'media')
    const fleet = new Fleet({
      root,
      dataDir,
      size,
      controlPlane,
      // Its port is the address that customers know.
      port: (id) => (id === 'frontdoor-1' ? this.#ports.standard('shop') : this.#ports.node(id)),
      onProcesses: () => this.#saveRun(),
      environment: (node, port) =>
        nodeEnvironment(node, {
          port,
          controlUrl: urls.control.replace('http:', 'ws:'),
          token: this.#token,
          otlpUrl: urls.otlp,
          telemetry: this.#options.telemetry ?? true,
          version,
          mediaDir,
          sessionSecret: secrets.session,
          logLevel: 'info',
          seed,
          databaseUrl: (role, database) => this.#started().url(role as 'orders', database),
          replicaUrl: (role, database, region) =>
            this.#started().hasReplica(region) ? this.#started().url(role as 'orders', database, region) : undefined,
        }),
    })
    this.#fleet = fleet

    const needsDatabase = (node: NodeSpec) => kindSpec(node.kind).database !== undefined
    const progress = () => this.#progress({ kind: 'nodes', ready: fleet.readyCount, total: fleet.size })
    const bringUpDatabases = async () => {
      const databases = await Databases.start({
        dataDir,
        size,
        passwords: secrets.database,
        annotations: controlPlane.annotations,
        port: (id) => this.#ports.postgres(id),
        onProgress: (text) => this.#step(`PostgreSQL: ${text}`),
        signal: this.#cancel.signal,
      })
      this.#databases = databases
      this.#step('PostgreSQL: catalogue and customers')
      const seeded = await databases.seed({ seed, mediaDir })
      if (seeded.notice) this.#notice(seeded.notice)
      await Promise.all([fleet.start(needsDatabase), databases.startReplicas()])
    }
    await this.#untilCancelled(
      Promise.all([fleet.start((node) => !needsDatabase(node)), bringUpDatabases(), backend.ready()]),
    )
    await this.#untilCancelled(fleet.allReady(progress))
    controlPlane.setLoad(load)
    controlPlane.annotations.add('cluster', 'the cluster is ready')
    this.#saveRun('running')
    return {
      urls,
      token: this.#token,
      controlPlane,
      supervision,
      databases: this.#started(),
      replacedPorts: this.#ports.replaced,
      stopRequested,
      stop: () => this.#stop(),
      kill: () => this.abandon(),
    }
  }

  /** Ends whatever runs, at once. */
  async abandon(): Promise<void> {
    this.#cancel.abort()
    await this.#fleet?.kill9()
    await this.#backend?.child.stop(0)
    await this.#databases?.stop().catch(() => undefined)
    await this.#controlPlane?.close()
    if (this.#run) removeRunFile(this.#options.dataDir)
  }

  #stopping: Promise<void> | undefined

  #stop(): Promise<void> {
    this.#stopping ??= (async () => {
      this.#saveRun('stopping')
      this.#controlPlane?.setLoad(0)
      this.#step('stopping the nodes')
      await this.#fleet?.stop()
      this.#step('stopping the telemetry backend')
      await this.#backend?.child.stop()
      this.#step('stopping PostgreSQL')
      await this.#databases?.stop()
      await this.#controlPlane?.close()
      removeRunFile(this.#options.dataDir)
    })()
    return this.#stopping
  }

  /** Chooses the ports that others must know, and takes the data directory for this run. */
  async #claim(): Promise<ClusterUrls> {
    const url = async (name: Parameters<Ports['standard']>[0]) => `http://${HOST}:${await this.#ports.standard(name)}`
    const urls = {
      shop: await url('shop'),
      control: await url('control'),
      otlp: await url('otlp'),
      jaeger: await url('jaeger'),
    }
    for (const { name, wanted, port } of this.#ports.replaced) {
      this.#notice(`port ${wanted} (${name}) is taken; using ${port}`)
    }
    // The ports of all nodes are chosen now: later, one could fall on another's.
    for (const { id } of nodesFor(this.#options.size)) await this.#ports.node(id)
    for (const { id } of postgresNodesFor(this.#options.size)) await this.#ports.postgres(id)
    const supervisor = identify(process.pid)
    if (!supervisor) throw new StartFailure('this system does not tell when a process started; Linux and macOS do')
    const { dataDir, root, size } = this.#options
    const run: RunFile = {
      format: 1,
      supervisor,
      phase: 'starting',
      startedAt: new Date().toISOString(),
      version: readVersion(root),
      size,
      token: this.#token,
      urls,
      ports: this.#ports.entries(),
      children: [],
    }
    if (!claimRunFile(dataDir, run)) throw new StartFailure(`another start in ${dataDir} was faster`)
    this.#run = run
    return urls
  }

  #startBackend(controlPlane: ControlPlane): Backend {
    const { otlp, jaeger } = this.#ports.entries()
    // Both were chosen in #claim.
    const ports = { otlp: otlp ?? 0, jaeger: jaeger ?? 0 }
    const onDeath = ({ id, reason }: { id: string; reason: string }) =>
      controlPlane.annotations.add('node-died', `${id} died: ${reason}`)
    const { root, dataDir } = this.#options
    const backend = new Backend({ root, dataDir, ports, events: { onChange: () => this.#saveRun(), onDeath } })
    this.#backend = backend
    backend.start()
    return backend
  }

  #supervision(): Supervision {
    return {
      processes: async () => [
        supervisorStatus(this.#controlPlane?.port),
        ...(this.#backend ? [this.#backend.status()] : []),
        ...(this.#databases?.status() ?? []),
        ...(this.#fleet?.status() ?? []),
      ],
      scale: (kind, replicas) => this.#running().scale(kind, replicas),
      restart: (id) => {
        if (this.#databases?.has(id)) return this.#databases.restart(id)
        if (id === this.#backend?.child.id) return this.#backend.restart()
        return this.#known(id).restart(id)
      },
      kill: async (id) => {
        if (this.#databases?.has(id)) return this.#databases.kill(id)
        if (id === this.#backend?.child.id) return { pid: this.#backend.child.kill() ?? 0 }
        return this.#known(id).kill(id)
      },
      shutdown: () => this.#requestStop(),
    }
  }

  #running(): Fleet {
    if (!this.#fleet) throw new HttpError(503, 'starting', 'the cluster is still starting')
    return this.#fleet
  }

  #known(id: string): Fleet {
    const fleet = this.#running()
    if (fleet.has(id)) return fleet
    const known = [
      ...fleet.status().map((node) => node.id),
      ...(this.#databases?.status() ?? []).map((node) => node.id),
      'backend-1',
    ]
    throw new HttpError(404, 'unknown_node', `there is no node ${id}; there are ${known.join(', ')}`)
  }

  #started(): Databases {
    if (!this.#databases) throw new Error('the databases are not up yet')
    return this.#databases
  }

  #saveRun(phase?: RunFile['phase']): void {
    if (!this.#run) return
    const processes = [...(this.#fleet?.children ?? []), ...(this.#backend ? [this.#backend.child] : [])]
    const children = processes.flatMap(({ id, pid }) => {
      const identity = pid === undefined ? undefined : identify(pid)
      return identity ? [{ id, ...identity }] : []
    })
    this.#run = { ...this.#run, phase: phase ?? this.#run.phase, ports: this.#ports.entries(), children }
    writeRunFile(this.#options.dataDir, this.#run)
  }

  #untilCancelled<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#cancel
    return new Promise((resolve, reject) => {
      const cancel = () => reject(new StartFailure('the start was called off'))
      if (signal.aborted) cancel()
      signal.addEventListener('abort', cancel, { once: true })
      work.then(resolve, reject)
    })
  }

  #step(text: string): void {
    this.#progress({ kind: 'step', text })
  }

  #notice(text: string): void {
    this.#progress({ kind: 'notice', text })
  }

  #progress(progress: Progress): void {
    this.#options.onProgress?.(progress)
  }
}

function supervisorStatus(port: number | undefined) {
  return {
    id: 'supervisor',
    kind: 'supervisor',
    region: 'global',
    role: 'supervisor',
    pid: process.pid,
    address: port === undefined ? null : `${HOST}:${port}`,
    state: 'running',
    ready: true,
    restarts: 0,
    memoryBytes: memoryBytes(process.pid),
    uptimeS: process.uptime(),
  } as const
}

/** Throws a `StartFailure` when the directory cannot be made or written. */
function openDataDir(dataDir: string): void {
  try {
    mkdirSync(join(dataDir, 'logs'), { recursive: true })
    accessSync(dataDir, constants.W_OK)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StartFailure(`the data directory ${dataDir} cannot be written: ${why}; choose another with --data`, {
      cause,
    })
  }
}

function readVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return version
}
