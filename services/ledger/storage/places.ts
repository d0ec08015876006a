// Where frames lie, by number from 0: twelve bytes each outside of the JavaScript heap, since a chain has a great many blocks.
// It only grows.
import type { Place } from './segments.ts'

const PLACES_A_PAGE = 4_096
const WORDS = 3

export class Places {
  readonly #pages: Uint32Array[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  get bytes(): number {
    return this.#pages.length * PLACES_A_PAGE * WORDS * Uint32Array.BYTES_PER_ELEMENT
  }

  push({ segment, offset, bytes }: Place): void {
    const at = this.#length % PLACES_A_PAGE
    if (at === 0) this.#pages.push(new Uint32Array(PLACES_A_PAGE * WORDS))
    this.#pages.at(-1)?.set([segment, offset, bytes], at * WORDS)
    this.#length++
  }

  /** Undefined when there are not that many. */
  at(number: number): Place | undefined {
    if (number < 0 || number >= this.#length) return undefined
    const start = (number % PLACES_A_PAGE) * WORDS
    const [segment = 0, offset = 0, bytes = 0] =
      this.#pages[Math.floor(number / PLACES_A_PAGE)]?.subarray(start, start + WORDS) ?? []
    return { segment, offset, bytes }
  }
}
