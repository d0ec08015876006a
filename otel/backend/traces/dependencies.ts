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
import { UNKNOWN_TRACE } from './trace-table.ts'

export interface DependencyLink {
  parent: string
  child: string
  callCount: number
}

/** Calls whose callee's span started within the window (nanoseconds since the epoch, both ends included), sorted by name. */
export function countDependencies(store: SpanStore, startNs: bigint, endNs: bigint): DependencyLink[] {
  const counter = new CallCounter(store)
  const min = words(startNs)
  const max = words(endNs)
  for (const slot of store.ring.slotsByAge()) {
    const slab = store.ring.slab(slot)
    const rows = slab.words
    for (let row = 0; row < slab.rowCount * SPAN_ROW_WORDS; row += SPAN_ROW_WORDS) {
      if (rows[row + ROW_TRACE] === NO_TRACE) continue
      const lo = rows[row + ROW_START]!
      const hi = rows[row + ROW_START + 1]!
      if (compareTimes(lo, hi, min.lo, min.hi) < 0 || compareTimes(lo, hi, max.lo, max.hi) > 0) continue
      countParent(store, rows, row, counter)
      if ((rows[row + ROW_KIND]! & FLAG_LINKS) !== 0 && kindOf(rows[row + ROW_KIND]!) === KIND_CONSUMER) {
        countLinks(store, slab, row, counter)
      }
    }
  }
  return counter.links()
}

class CallCounter {
  private readonly store: SpanStore
  /** By the caller's, then the callee's service id; names are looked up once a pair. */
  private readonly calls = new Map<number, Map<number, DependencyLink>>()

  constructor(store: SpanStore) {
    this.store = store
  }

  count(callerResource: number, calleeResource: number): void {
    const { catalogue } = this.store
    const caller = catalogue.serviceId(callerResource)
    const callee = catalogue.serviceId(calleeResource)
    if (caller === callee) return
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

function countParent(store: SpanStore, rows: Uint32Array, row: number, counter: CallCounter): void {
  const parentHigh = rows[row + ROW_PARENT]!
  const parentLow = rows[row + ROW_PARENT + 1]!
  if (parentHigh === 0 && parentLow === 0) return
  const parent = store.findSpan(rows[row + ROW_TRACE]!, parentHigh, parentLow)
  if (parent !== NO_ROW) counter.count(resourceOf(store, parent), rows[row + ROW_RESOURCE]!)
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
