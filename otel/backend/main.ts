// Entry point of the telemetry backend's process: configuration in, three ports open, one line of JSON when they are, and an end in order.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import type { Express } from 'express'
import { createBackend } from './backend.ts'
import { type BackendConfig, readConfig } from './config.ts'
import { loadRules } from './metrics/rules/load-rules.ts'
import { HttpDiscovery } from './metrics/scrape/http-discovery.ts'
import { findRuleDirectory, ruleFilesOf } from './rule-directory.ts'

/** Open connections are given this long to finish. */
const STOP_GRACE_MS = 1000
const REQUEST_TIMEOUT_MS = 30_000
/** Longer than exporters and pollers pause, so that they do not send into a connection that is just being closed. */
const KEEP_ALIVE_MS = 65_000
const MAX_CONNECTIONS = 1024
const DISCOVERY_INTERVAL_MS = 1_000

function log(level: 'info' | 'error', msg: string, fields: object = {}): void {
  process.stdout.write(`${JSON.stringify({ level, time: Date.now(), msg, ...fields })}\n`)
}

async function listen(app: Express, port: number, host: string): Promise<Server> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS }, app)
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return server
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS)
  await closed
  clearTimeout(timer)
}

async function main(config: BackendConfig): Promise<void> {
  const rulesDirectory = config.rulesDirectory ?? findRuleDirectory(dirname(process.argv[1] ?? '.'))
  const ruleGroups = rulesDirectory === undefined ? [] : loadRules(ruleFilesOf(rulesDirectory))
  const discovery =
    config.targets &&
    new HttpDiscovery({
      ...config.targets,
      intervalMs: DISCOVERY_INTERVAL_MS,
      onChange: () => backend.metrics.scrapes.refresh(),
      onFailure: (message) => log('error', message),
    })
  const backend = createBackend({
    spanStoreBytes: config.spanStoreBytes,
    logStoreBytes: config.logStoreBytes,
    metricStoreBytes: config.metricStoreBytes,
    targets: () => discovery?.targets() ?? [],
    ruleGroups,
    version: config.version,
    now: Date.now,
    onError: (error) => log('error', 'request failed', { error: error instanceof Error ? error.stack : String(error) }),
  })
  const servers: Server[] = []
  let stopping = false
  const stop = async (reason: string) => {
    if (stopping) return
    stopping = true
    log('info', 'stopping', { reason })
    discovery?.stop()
    await Promise.all([...servers.map(close), backend.metrics.stop()])
    process.exit(0)
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  if (config.parentPipe) {
    process.stdin.on('end', () => stop('parent gone'))
    process.stdin.on('error', () => stop('parent gone'))
    process.stdin.resume()
  }
  const { host } = config
  servers.push(await listen(backend.otlp, config.otlpPort, host))
  servers.push(await listen(backend.query, config.jaegerPort, host))
  servers.push(await listen(backend.prometheus, config.prometheusPort, host))
  backend.metrics.start()
  discovery?.start()
  // A server that listens on a TCP port has such an address.
  const [otlpPort, jaegerPort, prometheusPort] = servers.map((server) => (server.address() as AddressInfo).port)
  const rules = ruleGroups.reduce((sum, group) => sum + group.rules.length, 0)
  log('info', 'listening', { host, otlpPort, jaegerPort, prometheusPort, rules, pid: process.pid })
}

try {
  main(readConfig(process.env)).catch((error: NodeJS.ErrnoException & { port?: number }) => {
    log('error', 'cannot start', { error: error.message, code: error.code, port: error.port })
    process.exit(1)
  })
} catch (error) {
  log('error', 'bad configuration', { error: error instanceof Error ? error.message : String(error) })
  process.exit(1)
}
