// A cluster from start to stop, as the command line, the tests and the benchmarks see it.
// The sequence of the start is in starting.ts.
import { resolve } from 'node:path'
import type { ClusterUrls } from '../control-plane/contract.ts'
import type { ControlPlane } from '../control-plane/control-plane.ts'
import type { Supervision } from '../control-plane/supervision.ts'
import type { Telemetry } from '../topology/environment.ts'
import type { ClusterSize } from '../topology/nodes.ts'
import type { Databases } from './databases.ts'
import type { ReplacedPort } from './ports.ts'
import type { Progress } from './progress.ts'
import { Starting } from './starting.ts'

export type ClusterOptions = {
  /** Installation: where dist/ lies, built. */
  root: string
  dataDir: string
  size: ClusterSize
  /** Requests a second that the load generator offers; 0 for none. */
  load: number
  /** Of the catalogue, the customers and the load. */
  seed: number
  /** What the load generator's customers do; its own journeys when omitted. */
  journeysFile?: string
  /** `standard` tries the well-known ports first; `auto` takes any, for clusters beside each other. */
  ports: 'standard' | 'auto'
  /** Other than `on` to measure what telemetry costs. */
  telemetry?: Telemetry
  onProgress?: (progress: Progress) => void
  /** Calls the start off. */
  signal?: AbortSignal
}

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
