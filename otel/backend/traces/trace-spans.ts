// The spans of one trace by their ids, in memory that is used again for the next trace: many times as fast as asking the store's index
// when every span of a trace asks for its parent.
import { NO_ROW } from '../storage/slab-ring.ts'
import { ROW_NEXT, ROW_SPAN } from './span-row.ts'
import type { SpanStore } from './span-store.ts'

export class TraceSpans {
  /** Rows of the trace, the last that arrived first; only the first `count` are of this trace. */
  refs = new Uint32Array(64)
  count = 0
  private readonly store: SpanStore
  private high = new Uint32Array(64)
  private low = new Uint32Array(64)
  /** Places in `refs` plus one, by hash; zero is free. */
  private table = new Uint32Array(128)

  constructor(store: SpanStore) {
    this.store = store
  }

  /** Takes up the spans of a trace in place of those of the last one. */
  load(trace: number): void {
    const { store } = this
    this.reserve(store.traces.spanCount(trace))
    this.count = 0
    this.table.fill(0)
    for (let ref = store.traces.head(trace); ref !== NO_ROW; ) {
      const { words } = store.slabOf(ref)
      const row = store.rowOf(ref)
      this.put(ref, words[row + ROW_SPAN]!, words[row + ROW_SPAN + 1]!)
      ref = words[row + ROW_NEXT]!
    }
  }

  /** Row of the span with that id, or NO_ROW. */
  find(idHigh: number, idLow: number): number {
    const mask = this.table.length - 1
    for (let cell = hash(idHigh, idLow) & mask; this.table[cell] !== 0; cell = (cell + 1) & mask) {
      const place = this.table[cell]! - 1
      if (this.low[place] === idLow && this.high[place] === idHigh) return this.refs[place]!
    }
    return NO_ROW
  }

  private put(ref: number, idHigh: number, idLow: number): void {
    const place = this.count++
    this.refs[place] = ref
    this.high[place] = idHigh
    this.low[place] = idLow
    const mask = this.table.length - 1
    let cell = hash(idHigh, idLow) & mask
    while (this.table[cell] !== 0) cell = (cell + 1) & mask
    this.table[cell] = place + 1
  }

  private reserve(spans: number): void {
    let size = 64
    while (size < spans) size *= 2
    // Smaller again after a large trace, because the table is cleared for each.
    if (this.table.length !== size * 2) this.table = new Uint32Array(size * 2)
    if (this.refs.length >= size) return
    this.refs = new Uint32Array(size)
    this.high = new Uint32Array(size)
    this.low = new Uint32Array(size)
  }
}

function hash(idHigh: number, idLow: number): number {
  return Math.imul(idHigh ^ Math.imul(idLow, 0x9e3779b1), 0x85ebca6b) >>> 7
}
