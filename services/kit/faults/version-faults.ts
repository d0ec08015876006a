// The injection point "version": which build of its program this process says that it is, on spans, logs and metrics.
import { setVersion } from '../../../otel/sdk/version.ts'
import type { ActiveFault } from '../control/active-fault.ts'
import { Deciders } from './deciders.ts'

export class VersionFaults {
  readonly #deciders = new Deciders('version', '')

  apply(faults: readonly ActiveFault[]): void {
    this.#deciders.set(faults.filter(({ servers }) => servers === undefined))
    const latest = this.#deciders.all.at(-1)
    setVersion(latest?.act(latest.active.parameters))
  }

  close(): void {
    setVersion(undefined)
  }
}
