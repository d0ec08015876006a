// For tests: real HTTP servers as replicas, and a control document that a test changes at will.
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ControlDocument, Endpoint, NodeRegion } from '../control/document.ts'

export type FakeReplica = {
  endpoint: Endpoint
  server: Server
  /** Stops listening and cuts every connection, as a killed process does. */
  kill(): Promise<void>
  /** Waits until its callers have closed their connections, then stops listening, as a node that leaves does. */
  drain(): Promise<void>
}

/** Listens on a free port of 127.0.0.1. */
export async function startReplica(
  instance: string,
  handle: RequestListener,
  region: NodeRegion = 'na',
): Promise<FakeReplica> {
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A listening TCP server has an AddressInfo; only pipes have strings.
  const { port } = server.address() as AddressInfo
  const closed = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return {
    endpoint: { instance, region, host: '127.0.0.1', port },
    server,
    kill() {
      const done = closed()
      server.closeAllConnections()
      return done
    },
    async drain() {
      while ((await connectionsOf(server)) > 0) await new Promise((resolve) => setTimeout(resolve, 5))
      await closed()
    },
  }
}

export type FakeControl = {
  document(): ControlDocument
  onChange(listener: (document: ControlDocument) => void): () => void
  /** Publishes the document with these parts replaced. */
  set(parts: Partial<ControlDocument>): void
}

export function createFakeControl(parts: Partial<ControlDocument> = {}): FakeControl {
  const listeners = new Set<(document: ControlDocument) => void>()
  let document: ControlDocument = {
    version: 1,
    endpoints: {},
    delays: {},
    policies: {},
    policy: {},
    settings: {},
    faults: [],
    ...parts,
  }
  return {
    document: () => document,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    set(changed) {
      document = { ...document, version: document.version + 1, ...changed }
      for (const listener of listeners) listener(document)
    },
  }
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}
