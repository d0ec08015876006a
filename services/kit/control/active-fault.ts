// A fault as a node is told of it: what, with which parameters, over which of its links, and for how much longer.
import { z } from 'zod'
import { CallPolicy } from '../calls/policy.ts'
import { KindPolicy } from '../policies/kind-policy.ts'

export const ActiveFault = z.object({
  /** Id in the catalogue. */
  fault: z.string(),
  /** This injection of it; several of the same fault may be active. */
  instance: z.string(),
  /** Grows when the injection is changed. */
  revision: z.number().int().nonnegative(),
  /** As its schema has parsed them. */
  parameters: z.record(z.string(), z.unknown()),
  /** Of this node's own decisions. */
  seed: z.number().int(),
  /** Of the injection itself: for what is to be decided alike wherever it comes by. */
  commonSeed: z.number().int(),
  /** At the time of sending. The node ends the fault then by its own monotonic clock, whatever becomes of the control plane. */
  remainingMs: z.number().positive(),
  /** Since it was injected, at the time of sending. */
  sinceMs: z.number().nonnegative().default(0),
  /** An earlier process of this node (or this one, over an earlier stream) was told of it before. */
  again: z.boolean(),
  /** For network faults: nodes and database servers that this one's bytes to are concerned. */
  to: z.array(z.string()).optional(),
  /** The same for what comes from them. */
  from: z.array(z.string()).optional(),
  /** For faults of a database: the servers concerned. */
  servers: z.array(z.string()).optional(),
  /** Settings that it brings along, by callee and of this node's kind; those that somebody has set meanwhile are left out. */
  policies: z.object({ calls: z.record(z.string(), CallPolicy.partial()), kind: KindPolicy.partial() }).optional(),
  /** This node is no target: nothing but the policies is meant for it. */
  bystander: z.boolean().optional(),
})
export type ActiveFault = z.infer<typeof ActiveFault>

/** Tells these faults, at these places, from any others: nodes come and go while a fault is active. */
export function fingerprintOf(faults: readonly ActiveFault[]): string {
  return JSON.stringify(faults.map((fault) => [keyOf(fault), fault.to, fault.from, fault.servers]))
}

/** Tells one injection in one form from any other. */
export function keyOf({ instance, revision }: ActiveFault): string {
  return `${instance}/${revision}`
}
