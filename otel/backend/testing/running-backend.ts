// For tests: a backend in this process, on free ports, and short ways to talk to it.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Backend, type BackendDeps, createBackend } from '../backend.ts'
import { requestOf, type SpanSpec } from './span-builder.ts'

export interface RunningBackend extends Backend {
  otlpUrl: string
  queryUrl: string
  /** Errors that the backend took for its own. */
  errors: unknown[]
  send: (specs: readonly SpanSpec[]) => Promise<void>
  /** GETs from the query port. */
  get: (path: string) => Promise<{ status: number; body: unknown }>
  stop: () => Promise<void>
}

const MIB = 1024 * 1024

export async function startBackend(options: Partial<BackendDeps> = {}): Promise<RunningBackend> {
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  const backend = createBackend({
    spanStoreBytes: 16 * MIB,
    logStoreBytes: 4 * MIB,
    metricStoreBytes: 16 * MIB,
    now: Date.now,
    onError,
    ...options,
  })
  const servers = [createServer(backend.otlp), createServer(backend.query)]
  const [otlpUrl = '', queryUrl = ''] = await Promise.all(servers.map(listen))
  return {
    ...backend,
    otlpUrl,
    queryUrl,
    errors,
    send: async (specs) => {
      const body = JSON.stringify(requestOf(specs))
      const response = await fetch(`${otlpUrl}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      if (response.status !== 200) throw new Error(`spans were answered ${response.status}: ${await response.text()}`)
    },
    get: async (path) => {
      const response = await fetch(`${queryUrl}${path}`)
      return { status: response.status, body: await response.json() }
    },
    stop: async () => {
      await Promise.all(servers.map(close))
    },
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a TCP port has such an address.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
