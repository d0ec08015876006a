// The latest exemplars of each series, a few a series and a bounded number in all. A series without any is refused one when all
// places are taken; one that has some replaces its oldest.
import { type LabelPair, type Labels, labelsFromSorted } from '../../promql/labels.ts'

export interface Exemplar {
  readonly labels: Labels
  readonly value: number
  readonly timestampMs: number
}

/** As kept: one string for the labels, a fifth of what they take as objects. */
interface KeptExemplar {
  readonly pairs: string
  readonly value: number
  readonly timestampMs: number
}

export interface ExemplarLimits {
  perSeries: number
  total: number
}

export const DEFAULT_EXEMPLAR_LIMITS: ExemplarLimits = { perSeries: 10, total: 20_000 }

export class ExemplarStore<Key extends object> {
  readonly limits: ExemplarLimits
  private readonly bySeries = new Map<Key, KeptExemplar[]>()
  held = 0
  refused = 0

  constructor(limits: ExemplarLimits = DEFAULT_EXEMPLAR_LIMITS) {
    this.limits = limits
  }

  /** Keeps an exemplar; the same one as before, or an older one, is ignored, as an exposition repeats it at each scrape. */
  add(series: Key, { labels, value, timestampMs }: Exemplar): void {
    const exemplar: KeptExemplar = { pairs: JSON.stringify(labels.pairs), value, timestampMs }
    const known = this.bySeries.get(series)
    const latest = known?.at(-1)
    if (latest && (exemplar.timestampMs < latest.timestampMs || isSame(latest, exemplar))) return
    if (known && (known.length >= this.limits.perSeries || this.held >= this.limits.total)) {
      known.shift()
      known.push(exemplar)
      return
    }
    if (this.held >= this.limits.total) {
      this.refused++
      return
    }
    if (known) known.push(exemplar)
    else this.bySeries.set(series, [exemplar])
    this.held++
  }

  /** A series' exemplars with `fromMs <= t <= toMs`, oldest first. */
  read(series: Key, fromMs: number, toMs: number): Exemplar[] {
    const all = this.bySeries.get(series) ?? []
    return all
      .filter(({ timestampMs }) => timestampMs >= fromMs && timestampMs <= toMs)
      .map(({ pairs, value, timestampMs }) => ({ labels: readPairs(pairs), value, timestampMs }))
  }

  forget(series: Key): void {
    this.held -= this.bySeries.get(series)?.length ?? 0
    this.bySeries.delete(series)
  }

  /** Drops what is older than that time. */
  expire(beforeMs: number): void {
    for (const [series, all] of this.bySeries) {
      const kept = all.filter(({ timestampMs }) => timestampMs >= beforeMs)
      if (kept.length === all.length) continue
      this.held -= all.length - kept.length
      if (kept.length > 0) this.bySeries.set(series, kept)
      else this.bySeries.delete(series)
    }
  }
}

/** Prometheus refuses an exemplar that differs from the latest in nothing but its time. */
function isSame(a: KeptExemplar, b: KeptExemplar): boolean {
  return a.value === b.value && a.pairs === b.pairs
}

function readPairs(text: string): Labels {
  // What `add` wrote: the sorted pairs of a label set.
  return labelsFromSorted(JSON.parse(text) as LabelPair[])
}
