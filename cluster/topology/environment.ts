// The whole environment of a node process: what its main.ts reads, and nothing of the environment that the supervisor was started in.
import { join } from 'node:path'
import { type DatabaseRole, homeRegion, kindSpec } from './kinds.ts'
import type { NodeSpec } from './nodes.ts'

/** `metrics` measures and traces nothing; both others are for benchmarks. */
export type Telemetry = 'on' | 'metrics' | 'off'

export type NodeSurroundings = {
  /** Address to listen on; that of this machine alone when omitted. */
  host?: string | undefined
  port: number
  /** Control plane, for instance `ws://127.0.0.1:7070`. */
  controlUrl: string
  token: string
  otlpUrl: string
  telemetry: Telemetry
  version: string
  mediaDir: string
  /** Of all ledger nodes; each has a folder of its own in it. */
  ledgerDir: string
  /** Members that a new ledger begins with; undefined once there is one. Asked at each start. */
  ledgerFounders(): readonly string[] | undefined
  sessionSecret: string
  logLevel: string
  /** Seeds the load generator. */
  seed: number
  /** Journeys of the load generator, when not its own. */
  journeysFile?: string | undefined
  /** Whether whoever started the node holds its standard input, and is gone when that ends; true when omitted. */
  parentPipe?: boolean
  /** Connection string of the primary for a role on a database. */
  databaseUrl(role: DatabaseRole, database: string): string
  /** The same for the replica of a region; undefined when the region has none. */
  replicaUrl(role: DatabaseRole, database: string, region: string): string | undefined
}

/** Environment variables of one node, by name. The names are the contract of `services/kit/node.ts`. */
export function nodeEnvironment(node: NodeSpec, around: NodeSurroundings): Record<string, string> {
  const { database } = kindSpec(node.kind)
  const env: Record<string, string> = {
    FAULTLINE_NODE: node.id,
    FAULTLINE_KIND: node.kind,
    FAULTLINE_REGION: node.region,
    FAULTLINE_HOST: around.host ?? '127.0.0.1',
    FAULTLINE_PORT: String(around.port),
    FAULTLINE_CONTROL_URL: around.controlUrl,
    FAULTLINE_TOKEN: around.token,
    FAULTLINE_OTLP_URL: around.otlpUrl,
    FAULTLINE_TELEMETRY: around.telemetry,
    FAULTLINE_LOG_LEVEL: around.logLevel,
    FAULTLINE_PARENT_PIPE: around.parentPipe === false ? '0' : '1',
    FAULTLINE_VERSION: around.version,
  }
  if (database) {
    env['FAULTLINE_DATABASE_URL'] = around.databaseUrl(database.role, database.name)
    env['FAULTLINE_DATABASE_REGION'] = homeRegion
    const replica = database.readsReplica && around.replicaUrl(database.role, database.name, node.region)
    if (replica) env['FAULTLINE_DATABASE_REPLICA_URL'] = replica
  }
  if (node.kind === 'users' || node.kind === 'gateway') env['FAULTLINE_SESSION_SECRET'] = around.sessionSecret
  if (node.kind === 'load') {
    env['FAULTLINE_SEED'] = String(around.seed)
    if (around.journeysFile) env['FAULTLINE_JOURNEYS'] = around.journeysFile
  }
  if (node.kind === 'media') env['FAULTLINE_MEDIA_DIR'] = around.mediaDir
  if (node.kind === 'ledger') {
    env['FAULTLINE_LEDGER_DIR'] = join(around.ledgerDir, node.id)
    const founders = around.ledgerFounders()
    if (founders?.includes(node.id)) env['FAULTLINE_LEDGER_FOUNDERS'] = founders.join()
  }
  return env
}
