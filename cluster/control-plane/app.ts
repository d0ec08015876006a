// The HTTP API of the control plane over what it knows (the registry) and what it can do (the supervision).
import express, { type Express, type Router } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import type { Metrics } from '../../otel/sdk/metrics/instruments.ts'
import { errorResponse, unknownRoute } from '../../services/kit/http/error-response.ts'
import { createRoutes } from '../../services/kit/http/routes.ts'
import type { NodeKind } from '../topology/kinds.ts'
import { postgresNodesFor } from '../topology/nodes.ts'
import { type AccessRules, foreignness, refusal } from './access.ts'
import type { Annotations } from './annotations.ts'
import { type ClusterStatus, type ClusterUrls, controlApi, type NodeStatus } from './contract.ts'
import type { FaultBook } from './faults/fault-book.ts'
import { faultHandlers } from './faults/handlers.ts'
import type { Change, Journal, JournalAnswer } from './journal.ts'
import { controlDocument } from './openapi.ts'
import { policyHandlers } from './policies/live-policies.ts'
import type { PolicyStore } from './policies/policy-store.ts'
import type { Registry } from './registry.ts'
import type { ProcessStatus, Supervision } from './supervision.ts'
import { type OtherTarget, scrapeTargets } from './targets.ts'

export type ControlAppDeps = {
  log: Logger
  access: AccessRules
  registry: Registry
  annotations: Annotations
  metrics: Metrics
  supervision: Supervision
  cluster: { version: string; size: ClusterStatus['size']; startedAt: string }
  /** Of catalogue, customers and load, where it is known. */
  seed: number | undefined
  journal: Journal
  urls: () => ClusterUrls
  /** What is scraped beside the nodes. */
  otherTargets: () => readonly OtherTarget[]
  documentVersion: () => number
  load: { get(): number; set(requestsPerSecond: number): void }
  policies: PolicyStore
  faults: FaultBook
  /** Sends changed documents; resolves to whether every node has applied them in time. */
  publish(): Promise<boolean>
  /** Told whenever somebody has set or reset policies. */
  onPolicies?: (() => void) | undefined
  /** Beside those of the contract. */
  routes?: Router | undefined
}

const BODY_LIMIT_BYTES = 16 * 1024

/**
 * The app; it does not listen. Access is checked before anything of a request is read. Metrics, as those of every node, and the
 * description of the API are for whoever is on this host: no token, but no foreign web page.
 */
export function createControlApp(deps: ControlAppDeps): Express {
  const { supervision, load } = deps
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.get('/metrics', (request, response, next) => {
    const foreign = foreignness(request, deps.access)
    if (foreign) return next(foreign)
    const scrape = deps.metrics.scrape(request.headers.accept)
    response.set('content-type', scrape?.contentType ?? 'text/plain')
    for (const chunk of scrape?.chunks ?? []) response.write(chunk)
    response.end()
  })
  let document: object | undefined
  app.get('/v1/openapi.json', (request, response, next) => {
    const foreign = foreignness(request, deps.access)
    if (foreign) return next(foreign)
    document ??= controlDocument()
    response.json(document)
  })
  app.use((request, response, next) => {
    response.set({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    next(refusal(request, deps.access))
  })
  app.use(express.json({ limit: BODY_LIMIT_BYTES, strict: true }))
  app.use(
    createRoutes(controlApi, {
      getStatus: () => clusterStatus(deps),
      getEndpoints: () => deps.urls(),
      getTargets: () => scrapeTargets(deps.registry, deps.otherTargets()),
      getAnnotations: () => ({ annotations: [...deps.annotations.list()] }),
      setLoad: ({ body }) => {
        load.set(body.requestsPerSecond)
        return { requestsPerSecond: load.get() }
      },
      // The contract admits kinds only.
      scale: ({ body }) =>
        journaled(deps.journal, { do: 'scale', ...body }, () =>
          supervision.scale(body.kind as NodeKind, body.replicas),
        ),
      restartNode: async ({ params }) => {
        await journaled(deps.journal, { do: 'restart', node: params.id }, () => supervision.restart(params.id))
        return { done: true as const }
      },
      killNode: ({ params }) =>
        journaled(deps.journal, { do: 'kill', node: params.id }, () => supervision.kill(params.id)),
      ...faultHandlers({ ...deps, servers: postgresNodesFor(deps.cluster.size) }),
      ...policyHandlers({ ...deps, store: deps.policies, onChange: deps.onPolicies }),
      getJournal: () => journalAnswer(deps),
      shutdown: (_request, { response }) => {
        if (supervision.shutdownRefused) throw supervision.shutdownRefused
        response.once('finish', () => supervision.shutdown())
        return { stopping: true as const }
      },
    }),
  )
  if (deps.routes) app.use(deps.routes)
  app.use(unknownRoute)
  app.use(errorResponse(deps.log))
  return app
}

/** Notes the change with the moment at which it began, once it has come about. */
async function journaled<T>(journal: Journal, change: Change, carryOut: () => Promise<T>): Promise<T> {
  const atMs = Date.now()
  const result = await carryOut()
  journal.add(change, atMs)
  return result
}

function journalAnswer({ cluster, seed, journal }: ControlAppDeps): JournalAnswer {
  return {
    size: cluster.size,
    seed: seed ?? null,
    startedAtMs: Date.parse(cluster.startedAt),
    nowMs: Date.now(),
    fullAtMs: journal.fullAtMs ?? null,
    entries: journal.entries(),
  }
}

async function clusterStatus(deps: ControlAppDeps): Promise<ClusterStatus> {
  const processes = await deps.supervision.processes()
  return {
    ...deps.cluster,
    documentVersion: deps.documentVersion(),
    requestsPerSecond: deps.load.get(),
    urls: deps.urls(),
    memoryBytes: processes.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0),
    nodes: processes.map((process) => nodeStatus(process, deps.registry)),
  }
}

function nodeStatus(process: ProcessStatus, registry: Registry): NodeStatus {
  const member = registry.get(process.id)
  return {
    ...process,
    ready: member?.ready ?? process.ready ?? false,
    reason: member?.reason ?? null,
    appliedVersion: member?.appliedVersion ?? null,
  }
}
