// A stored span and a stored trace as plain data, decoded for an answer.
import { type Attribute, readAttribute, readString, takeBytes, wordsToBigint } from '../model/any-value.ts'
import type { Resource, Scope } from '../model/resource.ts'
import { ProtoReader } from '../otlp/proto-reader.ts'
import { NO_ROW } from '../storage/slab-ring.ts'
import {
  compareTimes,
  hexOfWords,
  kindOf,
  ROW_BODY,
  ROW_END,
  ROW_KIND,
  ROW_NEXT,
  ROW_OPERATION,
  ROW_PARENT,
  ROW_RESOURCE,
  ROW_SCOPE,
  ROW_SPAN,
  ROW_START,
  statusOf,
} from './span-row.ts'
import type { SpanStore } from './span-store.ts'

export interface SpanEvent {
  timeUnixNano: bigint
  name: string
  attributes: Attribute[]
  droppedAttributesCount: number
}

export interface SpanLink {
  /** 32 and 16 hex digits. */
  traceId: string
  spanId: string
  traceState: string
  attributes: Attribute[]
  droppedAttributesCount: number
  flags: number
}

export interface SpanRecord {
  /** 32 hex digits. */
  traceId: string
  /** 16 hex digits. */
  spanId: string
  /** 16 hex digits, or empty for none. */
  parentSpanId: string
  traceState: string
  flags: number
  name: string
  /** OTLP numbers: kind 0–5, status 0 unset, 1 ok, 2 error. */
  kind: number
  statusCode: number
  statusMessage: string
  startUnixNano: bigint
  endUnixNano: bigint
  attributes: Attribute[]
  droppedAttributesCount: number
  events: SpanEvent[]
  droppedEventsCount: number
  links: SpanLink[]
  droppedLinksCount: number
  service: string
  resource: Resource
  scope: Scope
}

export interface TraceRecord {
  /** 32 hex digits. */
  traceId: string
  /** In order of their start. */
  spans: SpanRecord[]
  /** Spans that were refused because the trace was full. */
  droppedSpans: number
}

/** Decodes a trace; its spans share the objects of their resources and scopes. */
export function readTrace(store: SpanStore, trace: number): TraceRecord {
  const refs = spanRefs(store, trace)
  refs.sort((a, b) => compareStarts(store, a, b))
  const resources = new Map<number, Resource>()
  const scopes = new Map<number, Scope>()
  const traceId = traceIdOf(store, trace)
  const spans = refs.map((ref) => {
    const row = store.rowOf(ref)
    const { words } = store.slabOf(ref)
    const resourceId = words[row + ROW_RESOURCE]!
    const scopeId = words[row + ROW_SCOPE]!
    const resource = resources.get(resourceId) ?? store.catalogue.decodeResource(resourceId)
    const scope = scopes.get(scopeId) ?? store.catalogue.decodeScope(scopeId)
    resources.set(resourceId, resource)
    scopes.set(scopeId, scope)
    return readSpan(store, ref, traceId, resource, scope)
  })
  return { traceId, spans, droppedSpans: store.traces.droppedCount(trace) }
}

/** Rows of a trace in order of arrival. */
export function spanRefs(store: SpanStore, trace: number): number[] {
  const refs: number[] = []
  for (
    let ref = store.traces.head(trace);
    ref !== NO_ROW;
    ref = store.slabOf(ref).words[store.rowOf(ref) + ROW_NEXT]!
  ) {
    refs.push(ref)
  }
  return refs.reverse()
}

export function traceIdOf(store: SpanStore, trace: number): string {
  // A trace's id has four words.
  const id = store.traces.idWords(trace)
  return hexOfWords(id[0]!, id[1]!) + hexOfWords(id[2]!, id[3]!)
}

function compareStarts(store: SpanStore, a: number, b: number): number {
  const aWords = store.slabOf(a).words
  const bWords = store.slabOf(b).words
  const aRow = store.rowOf(a) + ROW_START
  const bRow = store.rowOf(b) + ROW_START
  return compareTimes(aWords[aRow]!, aWords[aRow + 1]!, bWords[bRow]!, bWords[bRow + 1]!)
}

function readSpan(store: SpanStore, ref: number, traceId: string, resource: Resource, scope: Scope): SpanRecord {
  const slab = store.slabOf(ref)
  const { words } = slab
  const row = store.rowOf(ref)
  const { name, service } = store.catalogue.operation(words[row + ROW_OPERATION]!)
  const parentHigh = words[row + ROW_PARENT]!
  const parentLow = words[row + ROW_PARENT + 1]!
  const span: SpanRecord = {
    traceId,
    spanId: hexOfWords(words[row + ROW_SPAN]!, words[row + ROW_SPAN + 1]!),
    parentSpanId: parentHigh === 0 && parentLow === 0 ? '' : hexOfWords(parentHigh, parentLow),
    traceState: '',
    flags: 0,
    name,
    kind: kindOf(words[row + ROW_KIND]!),
    statusCode: statusOf(words[row + ROW_KIND]!),
    statusMessage: '',
    startUnixNano: wordsToBigint(words[row + ROW_START]!, words[row + ROW_START + 1]!),
    endUnixNano: wordsToBigint(words[row + ROW_END]!, words[row + ROW_END + 1]!),
    attributes: [],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    service,
    resource,
    scope,
  }
  const start = words[row + ROW_BODY]!
  readBody(new ProtoReader(slab.bytes, start, start + words[row + ROW_BODY + 1]!), span)
  return span
}

function readBody(r: ProtoReader, span: SpanRecord): void {
  while (r.more()) {
    switch (r.tag()) {
      case 3:
        span.traceState = readString(r)
        break
      case 9:
        span.attributes.push(readAttribute(r))
        break
      case 10:
        span.droppedAttributesCount = r.int32() >>> 0
        break
      case 11:
        span.events.push(readEvent(r))
        break
      case 12:
        span.droppedEventsCount = r.int32() >>> 0
        break
      case 13:
        span.links.push(readLink(r))
        break
      case 14:
        span.droppedLinksCount = r.int32() >>> 0
        break
      case 15:
        span.statusMessage = readStatusMessage(r)
        break
      case 16:
        span.flags = r.fixed32()
        break
      default:
        r.skip()
    }
  }
}

export function readEvent(r: ProtoReader): SpanEvent {
  const outer = r.enter()
  const event: SpanEvent = { timeUnixNano: 0n, name: '', attributes: [], droppedAttributesCount: 0 }
  while (r.more()) {
    const field = r.tag()
    if (field === 1) {
      r.fixed64()
      event.timeUnixNano = wordsToBigint(r.lo, r.hi)
    } else if (field === 2) event.name = readString(r)
    else if (field === 3) event.attributes.push(readAttribute(r))
    else if (field === 4) event.droppedAttributesCount = r.int32() >>> 0
    else r.skip()
  }
  r.end = outer
  return event
}

export function readLink(r: ProtoReader): SpanLink {
  const outer = r.enter()
  const link: SpanLink = {
    traceId: '',
    spanId: '',
    traceState: '',
    attributes: [],
    droppedAttributesCount: 0,
    flags: 0,
  }
  while (r.more()) {
    const field = r.tag()
    if (field === 1) link.traceId = takeBytes(r).toString('hex')
    else if (field === 2) link.spanId = takeBytes(r).toString('hex')
    else if (field === 3) link.traceState = readString(r)
    else if (field === 4) link.attributes.push(readAttribute(r))
    else if (field === 5) link.droppedAttributesCount = r.int32() >>> 0
    else if (field === 6) link.flags = r.fixed32()
    else r.skip()
  }
  r.end = outer
  return link
}

function readStatusMessage(r: ProtoReader): string {
  const outer = r.enter()
  let message = ''
  while (r.more()) {
    if (r.tag() === 2) message = readString(r)
    else r.skip()
  }
  r.end = outer
  return message
}
