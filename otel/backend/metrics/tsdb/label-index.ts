// Which series have which label: name → value → sorted series numbers. Also the one copy of each name/value pair.
import type { LabelPair, Labels } from '../../promql/labels.ts'
import type { Matcher } from '../../promql/matcher.ts'
import { Postings } from './postings.ts'

interface Entry {
  pair: LabelPair
  series: Postings
}

export class LabelIndex {
  private readonly names = new Map<string, Map<string, Entry>>()

  /** Enters a series and returns its pairs, shared with all other series that have them. */
  add(id: number, labels: Labels): LabelPair[] {
    return labels.pairs.map((pair) => {
      const entry = this.entry(pair)
      entry.series.add(id)
      return entry.pair
    })
  }

  /** Takes out a set of series at once, given the labels that they had. */
  remove(ids: ReadonlySet<number>, labels: Iterable<Labels>): void {
    const touched = new Map<LabelPair, Map<string, Entry>>()
    for (const { pairs } of labels) {
      for (const pair of pairs) {
        const values = this.names.get(pair[0])
        if (values) touched.set(pair, values)
      }
    }
    for (const [[name, value], values] of touched) {
      const entry = values.get(value)
      if (!entry) continue
      entry.series.removeAll(ids)
      if (entry.series.length > 0) continue
      values.delete(value)
      if (values.size === 0) this.names.delete(name)
    }
  }

  labelNames(): IterableIterator<string> {
    return this.names.keys()
  }

  labelValues(name: string): Iterable<string> {
    return this.names.get(name)?.keys() ?? []
  }

  /**
   * Numbers of the series that might pass all matchers, by the most selective one, and which matchers remain to be tested.
   * `undefined` for the numbers means that no matcher narrows them: all series.
   */
  candidates(matchers: readonly Matcher[]): { ids: Postings | undefined; remaining: Matcher[] } {
    let best: { matcher: Matcher; size: number; lists: Postings[] } | undefined
    for (const matcher of matchers) {
      // Also passed by series without the label, which no list names.
      if (matcher.matches('')) continue
      const lists = this.listsOf(matcher)
      let size = 0
      for (const list of lists) size += list.length
      if (!best || size < best.size) best = { matcher, size, lists }
      if (size === 0) break
    }
    if (!best) return { ids: undefined, remaining: [...matchers] }
    return { ids: Postings.union(best.lists), remaining: matchers.filter((matcher) => matcher !== best.matcher) }
  }

  private listsOf(matcher: Matcher): Postings[] {
    const values = this.names.get(matcher.name)
    if (!values) return []
    const lists: Postings[] = []
    if (matcher.literals) {
      for (const literal of matcher.literals) {
        const entry = values.get(literal)
        if (entry) lists.push(entry.series)
      }
    } else {
      for (const [value, entry] of values) if (matcher.matches(value)) lists.push(entry.series)
    }
    return lists
  }

  private entry(pair: LabelPair): Entry {
    let values = this.names.get(pair[0])
    if (!values) {
      values = new Map()
      this.names.set(pair[0], values)
    }
    let entry = values.get(pair[1])
    if (!entry) {
      entry = { pair: [pair[0], pair[1]], series: new Postings() }
      values.set(pair[1], entry)
    }
    return entry
  }
}
