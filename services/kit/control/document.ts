// What the control plane tells a node, and what the node answers, over one WebSocket that the node opens
// (GET /v1/stream?node=ID, `Authorization: Bearer <run token>`). Messages are JSON text frames.
import { z } from 'zod'
import { CallPolicy } from '../calls/policy.ts'
import { KindPolicy } from '../policies/kind-policy.ts'
import { ActiveFault } from './active-fault.ts'

export const Region = z.enum(['na', 'eu', 'asia'])
export type Region = z.infer<typeof Region>
/** The frontdoor is anycast: it belongs to no one region. */
export const NodeRegion = z.enum(['na', 'eu', 'asia', 'global'])
export type NodeRegion = z.infer<typeof NodeRegion>

/** One replica of a callee. */
export const Endpoint = z.object({
  instance: z.string(),
  region: NodeRegion,
  host: z.string(),
  port: z.number().int().min(1).max(65_535),
})
export type Endpoint = z.infer<typeof Endpoint>

/** The whole state that a node needs, always sent in full; a higher version replaces a lower one. */
export const ControlDocument = z.object({
  version: z.number().int().nonnegative(),
  /** Ready replicas by kind of node, for instance `{ orders: [{ instance: 'orders-1', … }] }`. */
  endpoints: z.record(z.string(), z.array(Endpoint)),
  /** One-way delay in ms between two regions, `delays[from][to]`; a missing pair means none. */
  delays: z.record(z.string(), z.record(z.string(), z.number().min(0).max(60_000))),
  /** Overrides of the default call policy by kind of callee. */
  policies: z.record(z.string(), CallPolicy.partial()),
  /** Overrides of the default policy of this kind of node. */
  policy: KindPolicy.partial(),
  /** Run-time settings of this kind of node, for instance the load generator's `{ requestsPerSecond: 20 }`. */
  settings: z.record(z.string(), z.unknown()),
  /** Which database server takes writes, for those who use one; the one of the environment when omitted. */
  primaryDatabase: z
    .object({ server: z.string(), region: NodeRegion, port: z.number().int().min(1).max(65_535) })
    .optional(),
  /** What is broken on purpose at this node or on its links. */
  faults: z.array(ActiveFault).default([]),
})
export type ControlDocument = z.infer<typeof ControlDocument>

export const ToNode = z.discriminatedUnion('type', [
  z.object({ type: z.literal('document'), document: ControlDocument }),
  /** Leave: stop taking work, finish what is under way, exit with 0. */
  z.object({ type: z.literal('drain') }),
])
export type ToNode = z.infer<typeof ToNode>

export const FromNode = z.discriminatedUnion('type', [
  z.object({ type: z.literal('applied'), version: z.number().int() }),
  z.object({ type: z.literal('ready'), ready: z.boolean(), reason: z.string().max(500).optional() }),
])
export type FromNode = z.infer<typeof FromNode>
