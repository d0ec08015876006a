// The control plane: keeps the registry, streams documents to the nodes, and serves the API that changes them.
// It starts and stops no process; that is the supervision's part.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Router } from 'express'
import type { Fault } from '../../faults/fault.ts'
import type { Logger } from '../../otel/sdk/logger.ts'
import { createMetrics } from '../../otel/sdk/metrics/create-metrics.ts'
import { measureBuild, measureProcess } from '../../otel/sdk/metrics/process.ts'
import type { ControlDocument } from '../../services/kit/control/document.ts'
import { regionDelays } from '../topology/delays.ts'
import { nodeKinds } from '../topology/kinds.ts'
import { type ClusterSize, postgresNodesFor } from '../topology/nodes.ts'
import { callPolicies } from '../topology/policies.ts'
import { loopbackHosts } from './access.ts'
import { Annotations } from './annotations.ts'
import { createControlApp } from './app.ts'
import type { ClusterUrls } from './contract.ts'
import { FaultBook } from './faults/fault-book.ts'
import { measureFaults } from './faults/fault-metrics.ts'
import { databaseKind } from './faults/places.ts'
import { refusedByServers } from './faults/refusals.ts'
import { Journal } from './journal.ts'
import type { PolicyChange } from './policies/policy-contract.ts'
import { PolicyStore } from './policies/policy-store.ts'
import { Registry } from './registry.ts'
import { StreamServer } from './stream-server.ts'
import type { Supervision } from './supervision.ts'
import type { OtherTarget } from './targets.ts'

export type ControlPlaneDeps = {
  log: Logger
  token: string
  version: string
  size: ClusterSize
  startedAt: Date
  /** Of catalogue, customers and load, for recordings; left out where it is not known. */
  seed?: number
  supervision: Supervision
  urls: () => ClusterUrls
  /** What is scraped beside the nodes; nothing when omitted. */
  otherTargets?: () => readonly OtherTarget[]
  /** Host names by which it may be addressed; loopback ones when omitted. */
  allowedHosts?: readonly string[]
  /** Told of every load that somebody sets. */
  onLoad?: () => void
  /** Why a fault cannot be injected here; all can when omitted. */
  refuseFault?: (fault: Fault, parameters: Record<string, unknown>) => string | undefined
  /** Policies that are set from the beginning; what is not valid any more is left out, and the log says so. */
  policies?: readonly PolicyChange[]
  /** Told of all that are set whenever somebody has changed that. */
  onPolicies?: (policies: readonly PolicyChange[]) => void
  /** Further routes, behind the same access rules. */
  routes?: Router
  /** Version of the first document less one: what nodes may have been told before; 0 when omitted. */
  lastVersion?: number
  /** See StreamServerDeps; for tests. */
  pingEveryMs?: number
  silenceMs?: number
}

export type ControlPlane = {
  readonly registry: Registry
  readonly annotations: Annotations
  readonly faults: FaultBook
  readonly policies: PolicyStore
  /** Port it listens on. */
  readonly port: number
  requestsPerSecond(): number
  setLoad(requestsPerSecond: number): void
  /** Tells the ledger which of its nodes are to leave it; none, when they are gone. */
  setLeaving(ids: readonly string[]): void
  /** Calls `listener` when the state of a node's stream may have changed; returns how to stop that. */
  onChange(listener: (id: string) => void): () => void
  /** Sends no document from now on, and takes note of everything all the same. */
  silence(): void
  /** Ends the silence. */
  speak(): void
  /** Calls `listener` when a fault was injected, changed or has ended; returns how to stop that. */
  onFaults(listener: () => void): () => void
  /** Tells every node which database server takes writes from now on. */
  setPrimaryDatabase(primary: NonNullable<ControlDocument['primaryDatabase']>): void
  /** Forgets a node and tells its callers. */
  unregister(id: string): void
  /**
   * Takes a node out of every document, waits until all have applied that (at most 2 s), then tells the node to leave.
   * False when the node has no stream to tell it on.
   */
  drain(id: string): Promise<boolean>
  close(): Promise<void>
}

const APPLY_TIMEOUT_MS = 2_000
const POLICY_APPLY_TIMEOUT_MS = 1_000
/** Requests that were sent before their sender heard of the drain may still be on the (slow) way. */
const TRANSIT_MS = 250

/** Starts a control plane on `host:port`, with no load. Rejects when it cannot listen. */
export async function startControlPlane(
  deps: ControlPlaneDeps,
  { host, port }: { host: string; port: number },
): Promise<ControlPlane> {
  const registry = new Registry()
  const metrics = createMetrics()
  measureBuild(metrics, () => deps.version)
  measureProcess(metrics)
  const annotations = new Annotations({ metrics })
  const listeners = new Set<(id: string) => void>()
  const faultListeners = new Set<() => void>()
  const access = { token: deps.token, allowedHosts: deps.allowedHosts ?? loopbackHosts }
  const delays = regionDelays()

  const journal = new Journal()
  const policies = new PolicyStore(callPolicies)
  for (const change of deps.policies ?? []) {
    try {
      policies.apply(policies.plan([change]))
      journal.add({ do: 'set', ...change })
    } catch (error) {
      deps.log.warn({ change, err: error }, 'a policy that was set before is not valid here, and left out')
    }
  }

  const servers = postgresNodesFor(deps.size)
  const peers = servers.map(({ id, region }) => ({ id, region, kind: databaseKind }))
  const faults = new FaultBook({
    world: () => ({
      inhabitants: [...registry.all().map(({ node: { id, kind, region } }) => ({ id, kind, region })), ...peers],
      kinds: nodeKinds,
    }),
    changed: () => {
      streams.publisher.schedule()
      for (const listener of faultListeners) listener()
    },
    annotate: (kind, subject, text) => annotations.add(kind, subject, text),
    journal: (change) => journal.add(change),
    refuse: (fault, parameters, targets) =>
      deps.refuseFault?.(fault, parameters) ?? refusedByServers(fault, parameters, targets, servers),
  })
  measureFaults(metrics, faults)

  let requestsPerSecond = 0
  let leaving: readonly string[] = []
  let primaryDatabase: ControlDocument['primaryDatabase']

  const streams = new StreamServer({
    registry,
    access,
    world: () => ({
      delays,
      policies: policies.callPolicies(),
      kindPolicies: policies.kindPolicies(),
      settings: { load: { requestsPerSecond }, ledger: { leaving } },
      primaryDatabase,
    }),
    faults: (id, session) => faults.toldTo(id, session),
    onChange: (id) => {
      for (const listener of listeners) listener(id)
    },
    ...(deps.pingEveryMs === undefined ? {} : { pingEveryMs: deps.pingEveryMs }),
    ...(deps.silenceMs === undefined ? {} : { silenceMs: deps.silenceMs }),
    ...(deps.lastVersion === undefined ? {} : { lastVersion: deps.lastVersion }),
  })
  const setLoad = (next: number) => {
    if (next === requestsPerSecond) return
    requestsPerSecond = next
    annotations.add('load', 'cluster', `load is ${next} requests/s`)
    journal.add({ do: 'load', requestsPerSecond: next })
    streams.publisher.schedule()
    deps.onLoad?.()
  }
  const app = createControlApp({
    log: deps.log,
    access,
    registry,
    annotations,
    metrics,
    supervision: deps.supervision,
    cluster: { version: deps.version, size: deps.size, startedAt: deps.startedAt.toISOString() },
    seed: deps.seed,
    journal,
    urls: deps.urls,
    otherTargets: deps.otherTargets ?? (() => []),
    documentVersion: () => streams.publisher.version,
    load: { get: () => requestsPerSecond, set: setLoad },
    policies,
    faults,
    onPolicies: () => deps.onPolicies?.(policies.changes()),
    publish: () => streams.publisher.allApplied(POLICY_APPLY_TIMEOUT_MS),
    routes: deps.routes,
  })
  const server = createServer({ maxHeaderSize: 8 * 1024, requestTimeout: 10_000 }, app)
  streams.attach(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })

  return {
    registry,
    annotations,
    faults,
    policies,
    // A listening TCP server has an AddressInfo; only pipes have strings.
    port: (server.address() as AddressInfo).port,
    requestsPerSecond: () => requestsPerSecond,
    setLoad,
    setLeaving(ids) {
      leaving = ids
      streams.publisher.schedule()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    silence: () => streams.publisher.silence(),
    speak: () => streams.publisher.speak(),
    onFaults(listener) {
      faultListeners.add(listener)
      return () => void faultListeners.delete(listener)
    },
    setPrimaryDatabase(primary) {
      primaryDatabase = primary
      annotations.add('promoted', primary.server, `${primary.server} takes the writes now`)
      streams.publisher.schedule()
    },
    unregister(id) {
      if (registry.unregister(id)) streams.publisher.schedule()
    },
    async drain(id) {
      if (registry.setDraining(id)) {
        await streams.publisher.allApplied(APPLY_TIMEOUT_MS)
        await delay(TRANSIT_MS)
      }
      return streams.send(id, { type: 'drain' })
    },
    async close() {
      faults.close()
      streams.close()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
