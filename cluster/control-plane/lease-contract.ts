// How a container asks which node it is: the one request that it sends before it is one.
import { z } from 'zod'
import { NodeRegion } from '../../services/kit/control/document.ts'
import { defineApi } from '../../services/kit/http/api.ts'
import { type NodeKind, nodeKinds } from '../topology/kinds.ts'

export const LeaseBody = z.object({
  kind: z.enum(nodeKinds as [NodeKind, ...NodeKind[]]),
  region: NodeRegion,
  /** The container's host name. */
  holder: z.string().min(1).max(128),
  /** Where it will listen. */
  port: z.number().int().min(1).max(65_535),
  /** The address where the others reach it; the one that the request comes from when omitted. */
  host: z.string().min(1).max(255).optional(),
})
export type LeaseBody = z.infer<typeof LeaseBody>

export const LeasedNode = z.object({
  id: z.string(),
  kind: LeaseBody.shape.kind,
  region: NodeRegion,
  ordinal: z.number().int(),
})

/** The node that the container is. */
export const LeaseAnswer = LeasedNode.extend({
  /** Members that the ledger begins with; omitted once it was founded, so that a node without a disk of it has to join. */
  ledgerFounders: z.array(z.string()).optional(),
})
export type LeaseAnswer = z.infer<typeof LeaseAnswer>

export const leaseApi = defineApi({
  takeLease: {
    method: 'POST',
    path: '/v1/leases',
    summary: 'Which node the asking container is; it asks each time that it starts',
    body: LeaseBody,
    response: LeaseAnswer,
    idempotent: true,
  },
})
