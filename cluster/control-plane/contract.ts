// The HTTP API of the control plane, as data: what the command line and the console ask of a running cluster.
// Every request, reads too, carries `Authorization: Bearer <run token>`.
import { z } from 'zod'
import { NodeRegion } from '../../services/kit/control/document.ts'
import { defineApi } from '../../services/kit/http/api.ts'
import { nodeKinds } from '../topology/kinds.ts'
import { clusterSizes, maxReplicas } from '../topology/nodes.ts'
import { faultApi } from './faults/contract.ts'
import { journalApi } from './journal.ts'
import { policyApi } from './policies/policy-contract.ts'
import { TargetGroup } from './targets.ts'

/** `node`: a node of the shop. `backend`: the embedded telemetry backend. `console`: its web application. `primary` and `replica`: PostgreSQL servers. */
export const NodeRole = z.enum(['node', 'backend', 'console', 'primary', 'replica', 'supervisor'])
export const NodeState = z.enum(['starting', 'running', 'restarting', 'draining', 'stopping', 'stopped'])

export const NodeStatus = z.object({
  id: z.string(),
  kind: z.string(),
  region: NodeRegion,
  role: NodeRole,
  pid: z.number().int().nullable(),
  /** `host:port`. */
  address: z.string().nullable(),
  state: NodeState,
  ready: z.boolean(),
  /** Why it is not ready, in its own words. */
  reason: z.string().nullable(),
  /** Unexpected exits since the cluster started, each followed by a new process. */
  restarts: z.number().int(),
  /** Proportional set size of its processes; resident size where the system does not tell; null when it has no process. */
  memoryBytes: z.number().int().nullable(),
  /** Version of the control document that it runs with. */
  appliedVersion: z.number().int().nullable(),
  /** Seconds since its process started. */
  uptimeS: z.number().nullable(),
})
export type NodeStatus = z.infer<typeof NodeStatus>

export const ClusterUrls = z.object({
  /** The web application; `faultline open` signs in. */
  console: z.string(),
  /** The shop, as its customers reach it. */
  shop: z.string(),
  control: z.string(),
  /** OTLP over HTTP. */
  otlp: z.string(),
  /** Jaeger's query API. */
  jaeger: z.string(),
  /** Prometheus's HTTP API. */
  prometheus: z.string(),
})
export type ClusterUrls = z.infer<typeof ClusterUrls>

export const ClusterStatus = z.object({
  version: z.string(),
  size: z.enum(clusterSizes),
  startedAt: z.iso.datetime(),
  /** Version of the newest control document. */
  documentVersion: z.number().int(),
  requestsPerSecond: z.number(),
  urls: ClusterUrls,
  memoryBytes: z.number().int(),
  nodes: z.array(NodeStatus),
})
export type ClusterStatus = z.infer<typeof ClusterStatus>

export const annotationKinds = [
  'cluster',
  'node-died',
  'node-restarted',
  'node-killed',
  'scaled',
  'load',
  'policy',
  'rollout',
  'promoted',
  'fault',
] as const

/** Something that changed in the cluster, for the margin of a dashboard. */
export const Annotation = z.object({
  /** ISO 8601. */
  time: z.string(),
  kind: z.enum(annotationKinds),
  /** What was changed: a node, a kind of node, or `cluster`. */
  subject: z.string(),
  text: z.string(),
})
export type Annotation = z.infer<typeof Annotation>

export const maxRequestsPerSecond = 2_000

export const Load = z.object({ requestsPerSecond: z.number().min(0).max(maxRequestsPerSecond) })
export const Scale = z.object({
  kind: z.enum(nodeKinds as [string, ...string[]]),
  /** In each region for a regional kind. */
  replicas: z.number().int().min(1).max(maxReplicas),
})
const NodeParams = z.object({ id: z.string().min(1).max(64) })
const Done = z.object({ done: z.literal(true) })

export const controlApi = defineApi({
  getStatus: { method: 'GET', path: '/v1/status', summary: 'What runs where, and how it is', response: ClusterStatus },
  getEndpoints: {
    method: 'GET',
    path: '/v1/endpoints',
    summary: 'Addresses for people and tools',
    response: ClusterUrls,
  },
  getTargets: {
    method: 'GET',
    path: '/v1/targets',
    summary: "What there is to scrape, for Prometheus's HTTP service discovery",
    response: z.array(TargetGroup),
  },
  getAnnotations: {
    method: 'GET',
    path: '/v1/annotations',
    summary: 'The latest changes of the cluster, oldest first',
    response: z.object({ annotations: z.array(Annotation) }),
  },
  setLoad: {
    method: 'PUT',
    path: '/v1/load',
    summary: 'Sets the arrival rate of the load generator',
    body: Load,
    response: Load,
  },
  scale: {
    method: 'PUT',
    path: '/v1/scale',
    summary: 'Adds or drains replicas of a kind; answers when done',
    body: Scale,
    response: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }),
  },
  restartNode: {
    method: 'POST',
    path: '/v1/nodes/:id/restart',
    summary: 'Drains a node and starts it again; answers when it is ready',
    params: NodeParams,
    response: Done,
  },
  killNode: {
    method: 'POST',
    path: '/v1/nodes/:id/kill',
    summary: 'Kills the process of a node with SIGKILL; the supervisor starts it again',
    params: NodeParams,
    response: z.object({ pid: z.number().int() }),
  },
  ...faultApi,
  ...policyApi,
  ...journalApi,
  shutdown: {
    method: 'POST',
    path: '/v1/shutdown',
    summary: 'Stops the cluster in order',
    response: z.object({ stopping: z.literal(true) }),
    status: 202,
  },
})
