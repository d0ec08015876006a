// The injection point "sessions": whether the key by which this node knows a session still counts.
import type { ActiveFault } from '../control/active-fault.ts'
import { Deciders } from './deciders.ts'

export class SessionFaults {
  readonly #deciders = new Deciders('session', '')

  apply(faults: readonly ActiveFault[]): void {
    this.#deciders.set(faults.filter(({ servers }) => servers === undefined))
  }

  /** True nearly always. */
  keyHolds(): boolean {
    return !this.#deciders.all.some(({ act, active }) => act(active.parameters).keyExpired)
  }
}
