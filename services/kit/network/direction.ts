// One direction of a link: its delay, what is wrong with it, and the lines of its open sockets, which a cut holds.
import { type Conditions, type Fate, goodFate } from './conditions.ts'
import type { DelayLine } from './delay-line.ts'
import type { Direction } from './delayed-socket.ts'

export class LinkDirection implements Direction {
  #delayMs = 0
  #conditions: Conditions | undefined
  readonly #lines = new Set<DelayLine>()

  get delayMs(): number {
    return this.#delayMs
  }

  get cut(): boolean {
    return this.#conditions?.cut ?? false
  }

  get isClear(): boolean {
    return this.#delayMs === 0 && this.#conditions === undefined
  }

  fate(bytes: number): Fate {
    const { delayMs, reset } = this.#conditions?.fate(bytes) ?? goodFate
    return { delayMs: this.#delayMs + delayMs, reset }
  }

  join(line: DelayLine): () => void {
    this.#lines.add(line)
    line.hold(this.cut)
    return () => void this.#lines.delete(line)
  }

  setDelay(delayMs: number): void {
    this.#delayMs = delayMs
  }

  setConditions(conditions: Conditions | undefined): void {
    const before = this.cut
    this.#conditions = conditions
    if (this.cut !== before) for (const line of this.#lines) line.hold(this.cut)
  }
}
