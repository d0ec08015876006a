// A fault as a node is told of it: what, with which parameters, over which of its links, and for how much longer.
import { z } from 'zod'

export const ActiveFault = z.object({
  /** Id in the catalogue. */
  fault: z.string(),
  /** This injection of it; several of the same fault may be active. */
  instance: z.string(),
  /** Grows when the injection is changed. */
  revision: z.number().int().nonnegative(),
  /** As its schema has parsed them. */
  parameters: z.record(z.string(), z.unknown()),
  seed: z.number().int(),
  /** At the time of sending. The node ends the fault then by its own monotonic clock, whatever becomes of the control plane. */
  remainingMs: z.number().positive(),
  /** An earlier process of this node (or this one, over an earlier stream) was told of it before. */
  again: z.boolean(),
  /** For network faults: nodes and database servers that this one's bytes to are concerned. */
  to: z.array(z.string()).optional(),
  /** The same for what comes from them. */
  from: z.array(z.string()).optional(),
  /** For faults of a database: the servers concerned. */
  servers: z.array(z.string()).optional(),
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
