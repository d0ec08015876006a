// The injection point "telemetry": what is wrong with the spans and logs of this process.
import { type Impairments, unimpaired } from '../../../otel/sdk/impairment.ts'
import type { ActiveFault } from '../control/active-fault.ts'
import { Deciders } from './deciders.ts'

export class TelemetryFaults {
  readonly #deciders: Deciders<'telemetry'>
  readonly #impairments: Impairments

  constructor(node: string, impairments: Impairments) {
    this.#deciders = new Deciders('telemetry', node)
    this.#impairments = impairments
  }

  apply(faults: readonly ActiveFault[]): void {
    this.#deciders.set(faults.filter(({ servers }) => servers === undefined))
    const verdicts = this.#deciders.all.map(({ act, active, random }) => ({ ...act(active.parameters), random }))
    const losing = verdicts.filter(({ contextLost = 0 }) => contextLost > 0)
    this.#impairments.current = {
      keepRatio: Math.min(1, ...verdicts.map(({ keepRatio = 1 }) => keepRatio)),
      collectorGone: verdicts.some(({ collectorGone }) => collectorGone),
      losesContext:
        losing.length === 0 ? undefined : () => losing.some(({ contextLost = 0, random }) => random() < contextLost),
    }
  }

  close(): void {
    this.#impairments.current = unimpaired
  }
}
