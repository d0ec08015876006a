// A histogram that counts, with the latest exemplar of each bucket.

export interface HistogramExemplar {
  readonly traceId: string
  readonly spanId: string
  readonly value: number
  readonly timestampMs: number
}

export class Histogram {
  /** Upper bounds, rising; the last bucket, beyond them, has none. */
  readonly bounds: readonly number[]
  /** Of each bucket alone, not cumulated. */
  readonly counts: Float64Array
  /** By bucket, since they were last taken. */
  private exemplars: (HistogramExemplar | undefined)[] = []
  sum = 0
  count = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number, exemplar?: HistogramExemplar): void {
    let bucket = 0
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket++
    this.counts[bucket] = this.counts[bucket]! + 1
    this.sum += value
    this.count++
    if (exemplar) this.exemplars[bucket] = exemplar
  }

  /** Hands over the exemplars, by bucket, and forgets them. */
  takeExemplars(): readonly (HistogramExemplar | undefined)[] {
    const taken = this.exemplars
    if (taken.length > 0) this.exemplars = []
    return taken
  }
}
