// When the faults of a node began and end, by its own monotonic clock. It holds no timer: the stream does.
import { type ActiveFault, keyOf } from './active-fault.ts'

export class FaultDeadlines {
  #endsAtMs = new Map<string, number>()
  #beganAtMs = new Map<string, number>()

  /** Notes the faults of a document that has just come. One that was known ends no later than was said before. */
  note(faults: readonly ActiveFault[], nowMs: number): void {
    const before = this.#endsAtMs
    const began = this.#beganAtMs
    this.#beganAtMs = new Map(
      faults.map((fault) => [keyOf(fault), began.get(keyOf(fault)) ?? nowMs - fault.sinceMs] as const),
    )
    this.#endsAtMs = new Map(
      faults.map((fault) => {
        const key = keyOf(fault)
        return [key, Math.min(before.get(key) ?? Number.POSITIVE_INFINITY, nowMs + fault.remainingMs)]
      }),
    )
  }

  /** How long the fault has been active. */
  sinceMs(fault: ActiveFault, nowMs: number): number {
    return nowMs - (this.#beganAtMs.get(keyOf(fault)) ?? nowMs)
  }

  /** Those that have not ended yet. */
  active(faults: readonly ActiveFault[], nowMs: number): ActiveFault[] {
    return faults.filter((fault) => (this.#endsAtMs.get(keyOf(fault)) ?? 0) > nowMs)
  }

  /** Until the next one of these ends; undefined when there is none. */
  nextMs(faults: readonly ActiveFault[], nowMs: number): number | undefined {
    const ends = faults.map((fault) => this.#endsAtMs.get(keyOf(fault)) ?? 0)
    return ends.length === 0 ? undefined : Math.max(0, Math.min(...ends) - nowMs)
  }
}
