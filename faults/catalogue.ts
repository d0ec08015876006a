// The list of all faults. One file a fault; see README.md for how to add the next.
import type { Fault } from './fault.ts'
import { blackhole } from './network/blackhole.ts'
import { latency } from './network/latency.ts'
import { crash } from './node/crash.ts'

/** In the order in which people are shown them. */
export const catalogue: readonly Fault[] = [latency, blackhole, crash]

const byId = new Map(catalogue.map((fault) => [fault.id, fault]))

export function findFault(id: string): Fault | undefined {
  return byId.get(id)
}
