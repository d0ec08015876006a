// Keeps the number of series of one instrument bounded, whatever values its labels take: label sets beyond the limit become `other`.

/** Stands in for every label of a set that came too late. */
export const OVERFLOW = 'other'

export class LabelSets {
  readonly #names: readonly string[]
  readonly #limit: number
  readonly #onOverflow: () => void
  readonly #known = new Map<string, Readonly<Record<string, string>>>()
  readonly #overflow: Readonly<Record<string, string>>

  /** @param onOverflow called for each value that is counted as `other` */
  constructor(names: readonly string[], limit: number, onOverflow: () => void) {
    this.#names = names
    this.#limit = limit
    this.#onOverflow = onOverflow
    this.#overflow = Object.fromEntries(names.map((name) => [name, OVERFLOW]))
  }

  get size(): number {
    return this.#known.size
  }

  /** The labels to count under: always the same object for the same values, without those that are undefined or empty. */
  resolve(labels: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
    let key = ''
    // No value has a line break: those that come from outside are names of methods, and the like.
    for (const name of this.#names) key += `${labels[name] ?? ''}\n`
    const known = this.#known.get(key)
    if (known) return known
    if (this.#known.size >= this.#limit) {
      this.#onOverflow()
      return this.#overflow
    }
    const kept: Record<string, string> = {}
    for (const name of this.#names) {
      const value = labels[name]
      if (value) kept[name] = value
    }
    this.#known.set(key, kept)
    return kept
  }
}
