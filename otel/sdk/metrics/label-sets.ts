// Keeps the number of series of one instrument bounded, whatever values its labels take: label sets beyond the limit become `other`.

/** Stands in for every label of a set that came too late. */
export const OVERFLOW = 'other'

export type Labels = Readonly<Record<string, string>>

/** A level a label, so that a known set is found without making a string of it: this runs for every value that is measured. */
type Branch = Map<string, Branch | Labels>

export class LabelSets {
  readonly #names: readonly string[]
  readonly #limit: number
  readonly #onOverflow: () => void
  #root: Branch = new Map()
  readonly #unlabelled: Labels = {}
  readonly #overflow: Labels
  #known: Labels[] = []

  /** @param onOverflow called for each value that is counted as `other` */
  constructor(names: readonly string[], limit: number, onOverflow: () => void) {
    this.#names = names
    this.#limit = limit
    this.#onOverflow = onOverflow
    this.#overflow = Object.fromEntries(names.map((name) => [name, OVERFLOW]))
  }

  get size(): number {
    return this.#known.length
  }

  /** The labels to count under: always the same object for the same values, without those that are undefined or empty. */
  resolve(labels: Readonly<Record<string, string | undefined>>): Labels {
    let found: Branch | Labels | undefined = this.#names.length === 0 ? this.#unlabelled : this.#root
    for (const name of this.#names) {
      // Above the last label there are branches only.
      found = (found as Branch).get(labels[name] ?? '')
      if (found === undefined) return this.#add(labels)
    }
    return found as Labels
  }

  #add(labels: Readonly<Record<string, string | undefined>>, same?: Labels): Labels {
    if (this.#known.length >= this.#limit) {
      this.#onOverflow()
      return this.#overflow
    }
    // Of a set that was known before, the same object: series are found by it.
    const kept: Record<string, string> = same ?? {}
    let branch = this.#root
    for (const [index, name] of this.#names.entries()) {
      const value = labels[name] ?? ''
      if (value) kept[name] = value
      if (index === this.#names.length - 1) branch.set(value, kept)
      else {
        const next = (branch.get(value) as Branch | undefined) ?? new Map()
        branch.set(value, next)
        branch = next
      }
    }
    this.#known.push(kept)
    return kept
  }

  /** Forgets the sets that are strays and returns them, that of the overflow too: whoever comes next has room. */
  forget(isStray: (labels: Labels) => boolean): Labels[] {
    const strays = this.#known.filter(isStray)
    if (strays.length === 0) return []
    const wasFull = this.#known.length >= this.#limit
    const kept = this.#known.filter((labels) => !strays.includes(labels))
    this.#known = []
    this.#root = new Map()
    for (const labels of kept) this.#add(labels, labels)
    return wasFull ? [...strays, this.#overflow] : strays
  }
}
