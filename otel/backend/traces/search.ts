// Finds the traces of a query: one pass over the rows of the store, then exact tests in order of the traces' starts, newest first,
// until there are enough. So the newest matches are found whatever the order of arrival, and the tags of few spans are ever decoded.
import { NO_ROW } from '../storage/slab-ring.ts'
import { compileFilter, type SpanFilter } from './span-filter.ts'
import { NO_TRACE, ROW_NEXT, ROW_TRACE, SPAN_ROW_WORDS } from './span-row.ts'
import type { SpanStore } from './span-store.ts'
import type { TraceQuery } from './trace-query.ts'
import { UNKNOWN_TRACE } from './trace-table.ts'

/** Slots of the matching traces, newest first by the start of their earliest span, at most `limit`. */
export function searchTraces(store: SpanStore, query: TraceQuery): number[] {
  const filter = compileFilter(store, query)
  const heap = new NewestFirst(candidates(store, filter), (trace) => store.traces.startNs(trace))
  const found: number[] = []
  while (found.length < query.limit) {
    const trace = heap.pop()
    if (trace === undefined) break
    if (filter.exact || traceMatches(store, trace, filter)) found.push(trace)
  }
  return found
}

/** Slot of the trace with that id (32 hex digits), or UNKNOWN_TRACE. */
export function findTrace(store: SpanStore, traceId: string): number {
  if (traceId.length !== 32) return UNKNOWN_TRACE
  const words = [0, 8, 16, 24].map((at) => Number.parseInt(traceId.slice(at, at + 8), 16))
  return store.traces.find(words, 0)
}

function candidates(store: SpanStore, filter: SpanFilter): number[] {
  const { ring, traces } = store
  const mark = traces.newMark()
  const found: number[] = []
  for (const slot of ring.slotsByAge()) {
    const { words, rowCount } = ring.slab(slot)
    for (let row = 0; row < rowCount * SPAN_ROW_WORDS; row += SPAN_ROW_WORDS) {
      const trace = words[row + ROW_TRACE]!
      if (trace !== NO_TRACE && filter.mayMatch(words, row) && traces.tryMark(trace, mark)) found.push(trace)
    }
  }
  return found
}

function traceMatches(store: SpanStore, trace: number, filter: SpanFilter): boolean {
  let ref = store.traces.head(trace)
  while (ref !== NO_ROW) {
    const slab = store.slabOf(ref)
    const row = store.rowOf(ref)
    if (filter.mayMatch(slab.words, row) && filter.tagsMatch(slab, row)) return true
    ref = slab.words[row + ROW_NEXT]!
  }
  return false
}

/** A binary heap made in one pass: of many candidates only the first few are ever put in order. */
class NewestFirst {
  private readonly traces: number[]
  private readonly starts: Float64Array
  private size: number

  constructor(traces: number[], startOf: (trace: number) => number) {
    this.traces = traces
    this.size = traces.length
    this.starts = Float64Array.from(traces, startOf)
    for (let i = (this.size >>> 1) - 1; i >= 0; i--) this.sink(i)
  }

  pop(): number | undefined {
    if (this.size === 0) return undefined
    const newest = this.traces[0]
    this.size--
    this.swap(0, this.size)
    this.sink(0)
    return newest
  }

  private sink(from: number): void {
    let at = from
    for (;;) {
      let child = at * 2 + 1
      if (child >= this.size) return
      // Both children and the node are below `size`.
      if (child + 1 < this.size && this.starts[child + 1]! > this.starts[child]!) child++
      if (this.starts[child]! <= this.starts[at]!) return
      this.swap(at, child)
      at = child
    }
  }

  private swap(a: number, b: number): void {
    const trace = this.traces[a]!
    this.traces[a] = this.traces[b]!
    this.traces[b] = trace
    const start = this.starts[a]!
    this.starts[a] = this.starts[b]!
    this.starts[b] = start
  }
}
