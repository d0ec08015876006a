// An active fault as a node gets it from the control plane, for tests.
import type { ActiveFault } from '../control/active-fault.ts'

/** A minute of the fault, begun now; `part` goes before what is made up. */
export function active(fault: string, parameters: object = {}, part: Partial<ActiveFault> = {}): ActiveFault {
  return {
    fault,
    instance: fault,
    revision: 0,
    parameters: { ...parameters },
    seed: 1,
    commonSeed: 1,
    remainingMs: 60_000,
    sinceMs: 0,
    again: false,
    ...part,
  }
}
