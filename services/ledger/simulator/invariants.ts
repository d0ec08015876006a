// The paper's safety properties (figure 3), checked as things happen and against everything that ever happened before.
import type { Entry, NodeId } from '../raft/messages.ts'
import { Violation } from './violation.ts'

export class Invariants {
  readonly #leaders = new Map<number, NodeId>()
  /** By index and term. */
  readonly #entries = new Map<string, { entry: Entry; prevTerm: number | undefined }>()
  /** By index, as first applied anywhere, with the term of the server that did. */
  readonly #applied: { entry: Entry; byTerm: number }[] = []

  get elections(): number {
    return this.#leaders.size
  }

  get committed(): number {
    return this.#applied.length
  }

  /**
   * Election safety: at most one leader in a term. Leader completeness: it has every entry that was committed in an earlier term.
   * `termAt` looks into its log; undefined for what a snapshot replaced.
   */
  elected(id: NodeId, term: number, firstIndex: number, termAt: (index: number) => number | undefined): void {
    const other = this.#leaders.get(term) ?? id
    if (other !== id) throw new Violation('election safety', `${other} and ${id} are both leaders of term ${term}`)
    this.#leaders.set(term, id)
    for (const { entry, byTerm } of this.#applied) {
      // Who applied it in its term need not have been the one that committed it, but was not earlier.
      if (entry.index < firstIndex || byTerm >= term) continue
      if (termAt(entry.index) !== entry.term) {
        throw new Violation(
          'leader completeness',
          `${id}, leader of term ${term}, lacks ${name(entry)}, committed by term ${byTerm}`,
        )
      }
    }
  }

  /**
   * Log matching, by induction: entries of the same index and term are equal wherever they are, and stand behind equal ones.
   * `prevTerm` is that of the entry before the first, if it can be known.
   */
  appended(id: NodeId, entries: readonly Entry[], prevTerm: number | undefined): void {
    let previous = prevTerm
    for (const entry of entries) {
      const key = `${entry.index}/${entry.term}`
      const known = this.#entries.get(key)
      if (!known) this.#entries.set(key, { entry, prevTerm: previous })
      else if (!isSame(known.entry, entry) || (known.prevTerm ?? previous) !== (previous ?? known.prevTerm)) {
        throw new Violation(
          'log matching',
          `${name(entry)} of ${id} is not the one that another server has, or follows another`,
        )
      }
      previous = entry.term
    }
  }

  /** State-machine safety: nobody applies another entry at the same index. Entries are applied in order. */
  applied(id: NodeId, entry: Entry, byTerm: number): void {
    const known = this.#applied[entry.index - 1]
    if (!known) {
      if (entry.index !== this.#applied.length + 1) {
        throw new Violation('state-machine safety', `${id} applies ${name(entry)}, and nobody applied the one before`)
      }
      this.#applied.push({ entry, byTerm })
    } else if (!isSame(known.entry, entry)) {
      throw new Violation(
        'state-machine safety',
        `${id} applies ${name(entry)}, another server applied ${name(known.entry)}`,
      )
    } else {
      known.byTerm = Math.min(known.byTerm, byTerm)
    }
  }
}

function isSame(one: Entry, other: Entry): boolean {
  if (one === other) return true
  if (one.kind === 'data') return other.kind === 'data' && one.term === other.term && one.data === other.data
  return one.kind === other.kind && one.term === other.term
}

export function name(entry: Entry): string {
  const what = entry.kind === 'data' ? ` (${entry.data})` : ` (${entry.kind})`
  return `entry ${entry.index} of term ${entry.term}${what}`
}
