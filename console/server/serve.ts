// The console's server as a running thing: on its port, and closed in order.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loopbackHosts } from './access.ts'
import { createConsoleApp } from './app.ts'
import type { ConsoleConfig } from './config.ts'
import { createAgent } from './upstream.ts'
import { readWebFiles } from './web-files.ts'

const REQUEST_TIMEOUT_MS = 20_000
const HEADERS_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 65_000
const MAX_CONNECTIONS = 512
/** Open connections are given this long to finish. */
const STOP_GRACE_MS = 500

export type ServingConsole = { port: number; close(): Promise<void> }

export type ServeOptions = {
  /** dist/console. */
  webFolder: string
  onError: (error: unknown) => void
}

/** Resolves when it listens. Rejects with the system's error when the port is taken, or with one that says what to build. */
export async function serveConsole(
  config: ConsoleConfig,
  { webFolder, onError }: ServeOptions,
): Promise<ServingConsole> {
  const { token, controlUrl } = config
  const agent = createAgent()
  const app = createConsoleApp({
    files: readWebFiles(webFolder),
    upstreams: {
      jaeger: config.jaegerUrl,
      prometheus: config.prometheusUrl,
      control: controlUrl === undefined ? undefined : { url: controlUrl, token },
      shop: config.shopUrl,
      otlp: config.otlpUrl,
    },
    access: { allowedHosts: [...loopbackHosts, ...config.hosts] },
    token,
    version: config.version,
    agent,
    nowMs: Date.now,
    onError,
  })
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS },
    app,
  )
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, config)
  // A server that listens on a TCP port has such an address.
  const { port } = server.address() as AddressInfo
  return {
    port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS)
      await closed
      clearTimeout(timer)
      agent.destroy()
    },
  }
}

function listen(server: Server, { host, port }: ConsoleConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
