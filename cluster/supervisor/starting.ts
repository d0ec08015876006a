// The parts of a cluster in the order in which they need each other: what does not, starts at the same time.
// What each part does is its own business; here is only when.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClusterUrls } from '../control-plane/contract.ts'
import type { ControlPlane } from '../control-plane/control-plane.ts'
import type { OtherTarget } from '../control-plane/targets.ts'
import { kindSpec } from '../topology/kinds.ts'
import { type NodeSpec, postgresNodesFor } from '../topology/nodes.ts'
import { chooseAddresses, listenControlPlane } from './addresses.ts'
import { BACKEND_ID, type CompanionSurroundings, createBackend } from './backend.ts'
import type { ChildDeath } from './child.ts'
import type { Cluster, ClusterOptions } from './cluster.ts'
import { createConsole } from './console.ts'
import { createFleet } from './create-fleet.ts'
import { openDataDir } from './data-dir.ts'
import { Databases } from './databases.ts'
import type { Fleet } from './fleet.ts'
import { ledgerDir, ledgerFounders, markLedgerFounded } from './ledger-dir.ts'
import { Ports } from './ports.ts'
import type { ClusterPart, Progress } from './progress.ts'
import { RunRecord } from './run-record.ts'
import { newSecret, readOrCreateSecrets, type Secrets } from './secrets.ts'
import { StartFailure } from './start-failure.ts'
import { createSupervision, type Parts, SUPERVISOR_ID } from './supervision.ts'
import { openSupervisorLog } from './supervisor-log.ts'

/** One start, and the end of what it has started. */
export class Starting {
  readonly #options: ClusterOptions
  readonly #ports: Ports
  readonly #token = newSecret()
  readonly #cancel = new AbortController()
  readonly #parts: Parts = {}
  /** What is under way; it ends soon after a cancellation. */
  readonly #work: Promise<unknown>[] = []
  #supervisorLog: ReturnType<typeof openSupervisorLog> | undefined
  #record: RunRecord | undefined
  #controlPlane: ControlPlane | undefined
  #stopped: Promise<void> | undefined

  constructor(options: ClusterOptions) {
    this.#options = options
    this.#ports = new Ports(options.ports === 'auto')
    const { signal } = options
    if (signal?.aborted) this.#cancel.abort()
    signal?.addEventListener('abort', () => this.#cancel.abort(), { once: true })
  }

  async run(): Promise<Cluster> {
    const { dataDir, root, size, load, seed } = this.#options
    let requestStop: () => void = () => {}
    const stopRequested = new Promise<void>((resolve) => {
      requestStop = resolve
    })
    const version = readVersion(root)
    const record = await this.#claim(version)
    const secrets = readOrCreateSecrets(dataDir)
    this.#supervisorLog = openSupervisorLog(dataDir)
    const { log } = this.#supervisorLog
    const supervision = createSupervision(this.#parts, requestStop)
    let urls: ClusterUrls | undefined
    const controlPlane = await listenControlPlane(this.#ports, {
      log,
      token: this.#token,
      version,
      size,
      seed,
      startedAt: new Date(),
      supervision,
      // It answers once the record says where it is, which is below.
      urls: () => urls ?? { console: '', shop: '', control: '', otlp: '', jaeger: '', prometheus: '' },
      otherTargets: () => (urls ? otherTargets(urls) : []),
    })
    this.#controlPlane = controlPlane
    this.#parts.controlPort = controlPlane.port
    urls = await chooseAddresses(this.#ports, controlPlane.port, size)
    for (const { name, wanted, port } of this.#ports.replaced) {
      this.#notice(`port ${wanted} (${name}) is taken; using ${port}`)
    }
    record.setAddresses(urls, this.#ports.entries())
    const surroundings = this.#companionSurroundings(urls, version)
    const backend = createBackend(surroundings)
    const console = createConsole(surroundings)
    Object.assign(this.#parts, { backend, console })
    const fleet = this.#createFleet(controlPlane, urls, version, secrets)
    const unsubscribe = controlPlane.onChange(() => this.#showReady())
    this.#step('telemetry', 'starting')
    await this.#ports.release('otlp', 'jaeger', 'prometheus', 'console')
    backend.start()
    console.start()
    await this.#allUntilCancelled(
      backend.ready().then(() => this.#step('telemetry', `listening on ${urls.otlp}`, true)),
      console.ready(),
      fleet.start((node) => !needsDatabase(node)),
      this.#startDatabases(controlPlane, secrets).then((databases) =>
        this.#allUntilCancelled(fleet.start(needsDatabase), this.#startReplicas(databases)),
      ),
    )
    await this.#allUntilCancelled(fleet.allReady())
    unsubscribe()
    markLedgerFounded(this.#options.dataDir)
    controlPlane.setLoad(load)
    controlPlane.annotations.add('cluster', 'cluster', 'the cluster is ready')
    record.setPhase('running')
    log.info({ urls, load }, 'the cluster is ready')
    return {
      urls,
      token: this.#token,
      controlPlane,
      supervision,
      databases: this.#databases(),
      replacedPorts: this.#ports.replaced,
      stopRequested,
      stop: () => this.#stop(),
      kill: () => this.abandon(),
    }
  }

  /** Ends whatever runs, at once, and gives the data directory back. */
  async abandon(): Promise<void> {
    this.#cancel.abort()
    const { fleet, backend, console } = this.#parts
    const companions = [backend?.child.stop(0), console?.child.stop(0)]
    await Promise.all([fleet?.kill9(), ...companions, this.#parts.databases?.stop().catch(() => undefined)])
    // Work begets work: what the databases were to be followed by is there only once they are up.
    for (let settled = 0; settled < this.#work.length; ) {
      settled = this.#work.length
      await Promise.allSettled(this.#work)
      // They may have come up while everything else was being ended.
      await this.#parts.databases?.stop().catch(() => undefined)
    }
    await this.#close()
  }

  #stop(): Promise<void> {
    this.#stopped ??= (async () => {
      const { fleet, backend, console, databases } = this.#parts
      this.#record?.setPhase('stopping')
      this.#controlPlane?.setLoad(0)
      this.#step('nodes', 'stopping, callers before callees')
      await fleet?.stop()
      this.#step('nodes', 'stopped', true)
      this.#step('telemetry', 'stopping')
      await Promise.all([console?.child.stop(), backend?.child.stop()])
      this.#step('telemetry', 'stopped', true)
      this.#step('databases', 'stopping, replicas before the primary')
      await databases?.stop()
      await this.#close()
    })()
    return this.#stopped
  }

  async #close(): Promise<void> {
    await this.#ports.release()
    await this.#controlPlane?.close()
    await this.#supervisorLog?.close()
    this.#record?.close()
  }

  async #claim(version: string): Promise<RunRecord> {
    const { dataDir, size } = this.#options
    openDataDir(dataDir)
    const record = RunRecord.claim(dataDir, { version, size, token: this.#token })
    this.#record = record
    const left = await record.endPast()
    if (left > 0) this.#notice(`ended ${left} processes that an earlier run had left behind`)
    return record
  }

  #companionSurroundings(urls: ClusterUrls, version: string): CompanionSurroundings {
    const { root, dataDir } = this.#options
    const annotations = () => this.#controlPlane?.annotations
    return {
      root,
      dataDir,
      urls,
      token: this.#token,
      version,
      onProcesses: () => this.#saveProcesses(),
      onDeath: (death) => this.#died(death),
      onRestarted: (id) => annotations()?.add('node-restarted', id, `${id} restarted`),
      onKilled: (id) => annotations()?.add('node-killed', id, `${id} killed`),
    }
  }

  #createFleet(controlPlane: ControlPlane, urls: ClusterUrls, version: string, secrets: Secrets): Fleet {
    const { root, dataDir, size, seed, journeysFile, telemetry = 'on' } = this.#options
    const fleet = createFleet({
      root,
      dataDir,
      size,
      controlPlane,
      ports: this.#ports,
      onProcesses: () => this.#saveProcesses(),
      onDeath: (death) => this.#died(death),
      surroundings: {
        controlUrl: urls.control.replace('http:', 'ws:'),
        token: this.#token,
        otlpUrl: urls.otlp,
        telemetry,
        version,
        mediaDir: this.#mediaDir,
        ledgerDir: ledgerDir(dataDir),
        ledgerFounders: () => ledgerFounders(dataDir, size),
        sessionSecret: secrets.session,
        logLevel: 'info',
        seed,
        journeysFile,
        databaseUrl: (role, database) => this.#databases().url(role, database),
        replicaUrl: (role, database, region) =>
          this.#databases().hasReplica(region) ? this.#databases().url(role, database, region) : undefined,
      },
    })
    this.#parts.fleet = fleet
    return fleet
  }

  async #startDatabases(controlPlane: ControlPlane, secrets: Secrets): Promise<Databases> {
    const { dataDir, size, seed } = this.#options
    await this.#ports.release(...postgresNodesFor(size).map(({ id }) => id))
    const databases = await Databases.start({
      dataDir,
      size,
      passwords: secrets.database,
      annotations: controlPlane.annotations,
      port: (id) => this.#ports.postgres(id),
      onProgress: (text) => this.#step('databases', text),
      onDeath: (text) => this.#report(text, {}),
      onPrimary: (primary) => controlPlane.setPrimaryDatabase(primary),
      signal: this.#cancel.signal,
    })
    this.#parts.databases = databases
    controlPlane.onFaults(() => databases.suffer(controlPlane.faults.list()))
    this.#step('databases', 'schemas, catalogue and customers')
    const seeded = await databases.seed({ seed, mediaDir: this.#mediaDir })
    if (seeded.notice) this.#notice(seeded.notice)
    return databases
  }

  async #startReplicas(databases: Databases): Promise<void> {
    await databases.startReplicas()
    this.#step(
      'databases',
      databases
        .status()
        .map(({ id }) => id)
        .join(', '),
      true,
    )
  }

  get #mediaDir(): string {
    return join(this.#options.dataDir, 'media')
  }

  #databases(): Databases {
    const { databases } = this.#parts
    if (!databases) throw new Error('the databases are not up yet')
    return databases
  }

  #saveProcesses(): void {
    this.#record?.processesChanged(() => {
      const { fleet, backend, console } = this.#parts
      const companions = [backend, console].flatMap((companion) => (companion ? [companion.child] : []))
      const processes = [...(fleet?.children ?? []), ...companions]
      return { processes, ports: this.#ports.entries() }
    })
  }

  #died({ id, reason, waitMs, tail }: ChildDeath): void {
    this.#controlPlane?.annotations.add('node-died', id, `${id} died: ${reason}`)
    this.#report(`${id} died (${reason}); starting it again in ${waitMs / 1000} s`, { id, reason, tail })
  }

  #report(text: string, details: object): void {
    this.#supervisorLog?.log.warn(details, text)
    this.#notice(text)
  }

  /** Resolves when all have; rejects as soon as one does or the start is called off. What is still under way then, `abandon` waits for. */
  #allUntilCancelled(...work: Promise<unknown>[]): Promise<void> {
    this.#work.push(...work)
    const { signal } = this.#cancel
    return new Promise((resolve, reject) => {
      const cancel = () => reject(new StartFailure('the start was called off'))
      if (signal.aborted) cancel()
      signal.addEventListener('abort', cancel, { once: true })
      Promise.all(work).then(() => resolve(), reject)
    })
  }

  #step(part: ClusterPart, text: string, done = false): void {
    this.#progress({ kind: 'step', part, text, done })
  }

  #showReady(): void {
    const { fleet } = this.#parts
    if (!fleet || this.#stopped || this.#cancel.signal.aborted) return
    const text = `${fleet.readyCount} of ${fleet.size} ready`
    const done = fleet.readyCount === fleet.size
    this.#progress({ kind: 'step', part: 'nodes', text, done, fleeting: !done })
  }

  #notice(text: string): void {
    this.#progress({ kind: 'notice', text })
  }

  #progress(progress: Progress): void {
    this.#options.onProgress?.(progress)
  }
}

function needsDatabase(node: NodeSpec): boolean {
  return kindSpec(node.kind).database !== undefined
}

/** The backend tells of itself on the port of its Prometheus API, the control plane on its own. */
function otherTargets(urls: ClusterUrls): OtherTarget[] {
  return [
    { id: BACKEND_ID, kind: 'backend', region: 'global', address: new URL(urls.prometheus).host },
    { id: SUPERVISOR_ID, kind: 'supervisor', region: 'global', address: new URL(urls.control).host },
  ]
}

function readVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return version
}
