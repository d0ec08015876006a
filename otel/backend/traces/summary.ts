// What a list of search results shows of a trace, from the rows alone.
import { wordsToBigint } from '../model/any-value.ts'
import { NO_ROW } from '../storage/slab-ring.ts'
import { spanRefs, traceIdOf } from './span-record.ts'
import {
  compareTimes,
  ROW_END,
  ROW_KIND,
  ROW_OPERATION,
  ROW_PARENT,
  ROW_START,
  STATUS_ERROR,
  statusOf,
} from './span-row.ts'
import type { SpanStore } from './span-store.ts'

export interface ServiceSummary {
  name: string
  spanCount: number
  errorSpanCount: number
}

export interface TraceSummary {
  traceId: string
  /** Of the earliest span without a parent; empty when there is none. */
  rootServiceName: string
  rootOperationName: string
  minStartUnixNano: bigint
  maxEndUnixNano: bigint
  spanCount: number
  errorSpanCount: number
  /** Spans whose parent is not in the trace. */
  orphanSpanCount: number
  /** Sorted by name. */
  services: ServiceSummary[]
}

/** Low and high words of a time. */
type Words = [number, number]

export function summarizeTrace(store: SpanStore, trace: number): TraceSummary {
  const services = new Map<string, ServiceSummary>()
  const root = { service: '', operation: '', startLo: 0xffffffff, startHi: 0xffffffff }
  let start: Words = [0xffffffff, 0xffffffff]
  let end: Words = [0, 0]
  let errors = 0
  let orphans = 0
  const refs = spanRefs(store, trace)
  for (const ref of refs) {
    const { words } = store.slabOf(ref)
    const row = store.rowOf(ref)
    const operation = store.catalogue.operation(words[row + ROW_OPERATION]!)
    const service = services.get(operation.service) ?? { name: operation.service, spanCount: 0, errorSpanCount: 0 }
    services.set(operation.service, service)
    service.spanCount++
    if (statusOf(words[row + ROW_KIND]!) === STATUS_ERROR) {
      service.errorSpanCount++
      errors++
    }
    const startLo = words[row + ROW_START]!
    const startHi = words[row + ROW_START + 1]!
    const endLo = words[row + ROW_END]!
    const endHi = words[row + ROW_END + 1]!
    if (compareTimes(startLo, startHi, start[0], start[1]) < 0) start = [startLo, startHi]
    if (compareTimes(endLo, endHi, end[0], end[1]) > 0) end = [endLo, endHi]
    const parentHigh = words[row + ROW_PARENT]!
    const parentLow = words[row + ROW_PARENT + 1]!
    if (parentHigh === 0 && parentLow === 0) {
      if (compareTimes(startLo, startHi, root.startLo, root.startHi) < 0) {
        Object.assign(root, { service: operation.service, operation: operation.name, startLo, startHi })
      }
    } else if (store.findSpan(trace, parentHigh, parentLow) === NO_ROW) orphans++
  }
  return {
    traceId: traceIdOf(store, trace),
    rootServiceName: root.service,
    rootOperationName: root.operation,
    minStartUnixNano: wordsToBigint(...start),
    maxEndUnixNano: wordsToBigint(...end),
    spanCount: refs.length,
    errorSpanCount: errors,
    orphanSpanCount: orphans,
    services: [...services.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}
