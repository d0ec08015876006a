// The life of a node's process: read the configuration, join the control plane, listen, report ready, leave in order.
import type { Express } from 'express'
import { createLogger, type Logger } from '../../otel/sdk/logger.ts'
import type { Metrics } from '../../otel/sdk/metrics/instruments.ts'
import { impairments, metrics, shutdownTelemetry } from '../../otel/sdk/register.ts'
import { createBalancedCaller } from './calls/balanced-caller.ts'
import type { Caller } from './calls/caller.ts'
import { type NodeConfig, readConfig, required } from './config.ts'
import type { NodeRegion } from './control/document.ts'
import { type ControlStream, openControlStream } from './control/stream.ts'
import { createDatabase, type Database } from './database/database.ts'
import type { CacheFaults } from './faults/cache-faults.ts'
import type { DeliveryFaults } from './faults/delivery-faults.ts'
import { createNodeFaults } from './faults/node-faults.ts'
import { type Listening, listen } from './http/server.ts'
import { createStream } from './network/connector.ts'
import { Network } from './network/network.ts'
import { measureNode } from './node-metrics.ts'
import { followPolicy, type LivePolicy } from './policies/kind-policy.ts'
import { createSessions, type Sessions } from './sessions.ts'

export type Node = {
  config: NodeConfig
  log: Logger
  metrics: Metrics
  control: ControlStream
  /** The settings of this kind of node at this moment. */
  policy: LivePolicy
  /** A balanced caller of a kind of node; `from` is the region that its delays are counted from, this node's when omitted. */
  caller(callee: string, options?: { from?: NodeRegion }): Caller
  /** Injection points that a node's caches and consumers hand themselves to. */
  caches: Pick<CacheFaults, 'watch'>
  deliveries: Pick<DeliveryFaults, 'beforeFetch' | 'deliver'>
  /** This node's database. Throws when its URL is missing. */
  database(): Database
  /** Sessions of the run. Throws when their secret is missing. */
  sessions(): Sessions
  /** Runs when the node leaves, last registered first, after the last request was answered. */
  onClose(close: () => Promise<void> | void): void
}

/** What a kind of node brings: its app and, when it needs more than its database to work, its own readiness check. */
export type NodeParts = { app: Express; start?: () => Promise<void> | void }

const READY_CHECK_MS = 1_000
const READY_RETRY_MS = 100
const DRAIN_MS = 4_000
/** Less than a supervisor waits before it kills; when that one is gone, nobody else ends a node whose leaving hangs. */
const LEAVE_MS = 5_500

/** Runs a node until it is told to leave; the last line of every main.ts. Exits with 1 and a clear line when it can't start. */
export function runNode(kind: string, build: (node: Node) => NodeParts | Promise<NodeParts>): void {
  start(kind, build).catch((error: unknown) => {
    process.stderr.write(`${kind} could not start: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
    setTimeout(() => process.exit(1), 100).unref()
  })
}

async function start(kind: string, build: (node: Node) => NodeParts | Promise<NodeParts>): Promise<void> {
  const config = readConfig(process.env)
  const log = createLogger({ id: config.node, kind, region: config.region, level: config.logLevel })
  const closers: (() => Promise<void> | void)[] = []
  const databases: Database[] = []
  let leave: (reason: string) => void = () => {}
  const control = openControlStream({
    ...config.control,
    node: config.node,
    log,
    onDrain: () => leave('drained'),
  })

  const policy = followPolicy(control)
  const network = new Network(config.region)
  control.onChange((document) => network.apply(document))
  let server: Listening | undefined
  const faults = createNodeFaults(control, {
    node: config.node,
    control: config.control,
    closeIdleConnections: () => server?.closeIdleConnections(),
    metrics,
    impairments,
    caller: (callee) => createBalancedCaller({ caller: kind, callee, from: config.region, control, log }),
  })

  const { app, start: begin } = await build({
    config,
    log,
    metrics,
    control,
    policy,
    caches: faults.caches,
    deliveries: faults.deliveries,
    caller: (callee, options) => {
      const from = options?.from ?? config.region
      const caller = createBalancedCaller({ caller: kind, callee, from, control, log, metrics, faults: faults.calls })
      closers.push(() => caller.close())
      return caller
    },
    database: () => {
      const { replicaUrl, primaryRegion } = config.database
      const planned = { server: `postgres-${primaryRegion}`, region: primaryRegion, port: undefined }
      const primary = () => control.document().primaryDatabase ?? planned
      const database = createDatabase({
        primaryUrl: required(config.database.primaryUrl, 'FAULTLINE_DATABASE_URL'),
        replicaUrl,
        streams: {
          primary: () => network.linkTo(primary().server, primary().region).open(),
          replica: createStream(network.linkTo(`postgres-${config.region}`, config.region)),
        },
        fateOf: (text, pool) =>
          faults.statements.fateOf(text, pool === 'primary' ? primary().server : `postgres-${config.region}`, pool),
        primaryPort: () => primary().port,
        connections: faults.pools,
        policy,
        metrics,
        log,
      })
      databases.push(database)
      closers.push(() => database.close())
      return database
    },
    sessions: () =>
      createSessions(required(config.sessionSecret, 'FAULTLINE_SESSION_SECRET'), Date.now, () =>
        faults.sessions.keyHolds(),
      ),
    onClose: (close) => closers.push(close),
  })

  const readiness = watchReadiness(databases, control)
  measureNode(metrics, control, () => readiness.state().ready)
  server = await listen(app, {
    host: config.host,
    port: config.port,
    health: readiness.state,
    policy,
    inbound: faults.inbound,
    routes: faults.routes,
    metrics,
  })
  await control.first
  await begin?.()
  readiness.start()
  log.info({ port: server.port }, 'listening')

  let leaving = false
  leave = (reason) => {
    if (leaving) return
    leaving = true
    setTimeout(() => process.exit(1), LEAVE_MS)
    void (async () => {
      log.info({ reason }, 'leaving')
      readiness.stop()
      faults.close()
      await server?.close(DRAIN_MS)
      for (const close of closers.reverse()) await close()
      control.close()
      await shutdownTelemetry()
      process.exit(0)
    })()
  }
  process.on('SIGTERM', () => leave('SIGTERM'))
  process.on('SIGINT', () => leave('SIGINT'))
  if (config.parentPipe) process.stdin.on('end', () => leave('the supervisor is gone')).resume()
}

/** Ready means: the databases answer. Checked fast until it holds, then each second; callees are not part of it, for they may fail. */
function watchReadiness(databases: Database[], control: ControlStream) {
  let state: { ready: boolean; reason?: string } = { ready: false, reason: 'starting' }
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const check = async () => {
    const failure = await Promise.all(databases.map((database) => database.ping())).then(
      () => undefined,
      () => 'the database does not answer',
    )
    if (stopped) return
    const ready = failure === undefined
    if (ready !== state.ready) control.reportReady(ready, failure)
    state = failure === undefined ? { ready } : { ready, reason: failure }
    timer = setTimeout(check, ready ? READY_CHECK_MS : READY_RETRY_MS)
  }
  return {
    state: () => state,
    start: () => void check(),
    stop() {
      stopped = true
      clearTimeout(timer)
      state = { ready: false, reason: 'leaving' }
      control.reportReady(false, 'leaving')
    },
  }
}
