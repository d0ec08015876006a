// Who calls whom, counted over the stored spans: each span whose parent is in another service is one call, and so is each message that
// a consumer's span is linked to when its producer is in another service. Calls within a service are not counted.

import { ProtoReader } from '../otlp/proto-reader.ts'
import { FLAG_LINKS } from '../otlp/record-batch.ts'
import { readId } from '../otlp/record-fields.ts'
import { NO_ROW, type Slab } from '../storage/slab-ring.ts'
import {
  compareTimes,
  KIND_CONSUMER,
  kindOf,
  NO_TRACE,
  ROW_BODY,
  ROW_KIND,
  ROW_PARENT,
  ROW_RESOURCE,
  ROW_START,
  ROW_TRACE,
  SPAN_ROW_WORDS,
} from './span-row.ts'
import type { SpanStore } from './span-store.ts'
import { TraceSpans } from './trace-spans.ts'
import { UNKNOWN_TRACE } from './trace-table.ts'

export interface DependencyLink {
  parent: string
  child: string
  callCount: number
}

/** Calls whose callee's span started within the window (nanoseconds since the epoch, both ends included), sorted by name. */
export function countDependencies(store: SpanStore, startNs: bigint, endNs: bigint): DependencyLink[] {
  const counter = new CallCounter(store)
  const spans = new TraceSpans(store)
  const min = words(startNs)
  const max = words(endNs)
  const isWithin = (rows: Uint32Array, row: number) => {
    const lo = rows[row + ROW_START]!
    const hi = rows[row + ROW_START + 1]!
    return compareTimes(lo, hi, min.lo, min.hi) >= 0 && compareTimes(lo, hi, max.lo, max.hi) <= 0
  }
  const mark = store.traces.newMark()
  for (const slot of store.ring.slotsByAge()) {
    const slab = store.ring.slab(slot)
    for (let row = 0; row < slab.rowCount * SPAN_ROW_WORDS; row += SPAN_ROW_WORDS) {
      const trace = slab.words[row + ROW_TRACE]!
      if (trace !== NO_TRACE && isWithin(slab.words, row) && store.traces.tryMark(trace, mark)) {
        spans.load(trace)
        countTrace(store, spans, isWithin, counter)
      }
    }
  }
  return counter.links()
}

function countTrace(
  store: SpanStore,
  spans: TraceSpans,
  isWithin: (rows: Uint32Array, row: number) => boolean,
  counter: CallCounter,
): void {
  for (let i = 0; i < spans.count; i++) {
    // `i` is below the number of rows.
    const ref = spans.refs[i]!
    const slab = store.slabOf(ref)
    const row = store.rowOf(ref)
    const rows = slab.words
    if (!isWithin(rows, row)) continue
    const parentHigh = rows[row + ROW_PARENT]!
    const parentLow = rows[row + ROW_PARENT + 1]!
    const parent = parentHigh === 0 && parentLow === 0 ? NO_ROW : spans.find(parentHigh, parentLow)
    if (parent !== NO_ROW) counter.count(resourceOf(store, parent), rows[row + ROW_RESOURCE]!)
    const flags = rows[row + ROW_KIND]!
    if ((flags & FLAG_LINKS) !== 0 && kindOf(flags) === KIND_CONSUMER) countLinks(store, slab, row, counter)
  }
}

class CallCounter {
  private readonly store: SpanStore
  /** By resource id. */
  private readonly serviceIds: Float64Array
  /** By the caller's, then the callee's service id; names are looked up once a pair. */
  private readonly calls = new Map<number, Map<number, DependencyLink>>()

  constructor(store: SpanStore) {
    this.store = store
    this.serviceIds = store.catalogue.serviceIds()
  }

  count(callerResource: number, calleeResource: number): void {
    // Resources of stored spans have a service.
    const caller = this.serviceIds[callerResource]!
    const callee = this.serviceIds[calleeResource]!
    if (caller === callee) return
    const { catalogue } = this.store
    const callees = this.calls.get(caller) ?? new Map<number, DependencyLink>()
    this.calls.set(caller, callees)
    const link = callees.get(callee)
    if (link) link.callCount++
    else {
      const parent = catalogue.service(callerResource)
      callees.set(callee, { parent, child: catalogue.service(calleeResource), callCount: 1 })
    }
  }

  links(): DependencyLink[] {
    const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
    const links = [...this.calls.values()].flatMap((callees) => [...callees.values()])
    return links.sort((a, b) => byName(a.parent, b.parent) || byName(a.child, b.child))
  }
}

function countLinks(store: SpanStore, slab: Slab, row: number, counter: CallCounter): void {
  const rows = slab.words
  const start = rows[row + ROW_BODY]!
  const r = new ProtoReader(slab.bytes, start, start + rows[row + ROW_BODY + 1]!)
  const id = new Uint32Array(6)
  while (r.more()) {
    if (r.tag() !== 13) {
      r.skip()
      continue
    }
    const outer = r.enter()
    id.fill(0)
    while (r.more()) {
      const field = r.tag()
      if (field === 1) readId(r, id, 0, 16)
      else if (field === 2) readId(r, id, 4, 8)
      else r.skip()
    }
    r.end = outer
    const trace = store.traces.find(id, 0)
    if (trace === UNKNOWN_TRACE) continue
    // A consumer may be both child of and linked to the same producer: that is one call, counted by its parent.
    const isParent =
      trace === rows[row + ROW_TRACE] && id[4] === rows[row + ROW_PARENT] && id[5] === rows[row + ROW_PARENT + 1]
    const producer = isParent ? NO_ROW : store.findSpan(trace, id[4]!, id[5]!)
    if (producer !== NO_ROW) counter.count(resourceOf(store, producer), rows[row + ROW_RESOURCE]!)
  }
}

function resourceOf(store: SpanStore, ref: number): number {
  return store.slabOf(ref).words[store.rowOf(ref) + ROW_RESOURCE]!
}

function words(ns: bigint): { lo: number; hi: number } {
  const clamped = ns < 0n ? 0n : BigInt.asUintN(64, ns)
  return { lo: Number(clamped & 0xffffffffn), hi: Number(clamped >> 32n) }
}
