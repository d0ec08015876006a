// Stored traces in the shape of Jaeger's newer API: OTLP's JSON form, grouped by resource and scope, ids in hex, enums as numbers,
// 64-bit integers as decimal strings, zero and empty members left out.
import { type AnyValue, type Attribute, findAttribute, sortAttributes } from '../model/any-value.ts'
import type { Resource, Scope } from '../model/resource.ts'
import { doubleText } from '../model/value-text.ts'
import type { SpanEvent, SpanLink, SpanRecord, TraceRecord } from '../traces/span-record.ts'
import type { TraceSummary } from '../traces/summary.ts'
import { isRealLink, WARNINGS_ATTRIBUTE, warningsOf } from './warnings.ts'
import type {
  OtlpAttribute,
  OtlpEvent,
  OtlpLink,
  OtlpResourceSpans,
  OtlpScopeSpans,
  OtlpSpan,
  OtlpValue,
  TraceSummaryWire,
} from './wire.ts'

export interface OtlpOptions {
  /** Without warnings and corrections: the trace as stored. */
  raw: boolean
}

/** Spans of one resource together, and in it of one scope, in order of their first spans. */
export function toResourceSpans(trace: TraceRecord, { raw }: OtlpOptions): OtlpResourceSpans[] {
  const known = new Set(trace.spans.map((span) => span.spanId))
  const groups = new Map<Resource, { wire: OtlpResourceSpans; scopes: Map<Scope, OtlpScopeSpans> }>()
  for (const span of trace.spans) {
    const group = groups.get(span.resource) ?? { wire: resourceOf(span.resource, span.service), scopes: new Map() }
    groups.set(span.resource, group)
    let scope = group.scopes.get(span.scope)
    if (!scope) {
      scope = scopeOf(span.scope)
      group.scopes.set(span.scope, scope)
      group.wire.scopeSpans.push(scope)
    }
    scope.spans.push(toOtlpSpan(raw ? span : corrected(span, known)))
  }
  return [...groups.values()].map((group) => group.wire)
}

export function toSummaryWire(summary: TraceSummary): TraceSummaryWire {
  return {
    traceId: summary.traceId,
    rootServiceName: summary.rootServiceName,
    rootOperationName: summary.rootOperationName,
    minStartTimeUnixNano: String(summary.minStartUnixNano),
    maxEndTimeUnixNano: String(summary.maxEndUnixNano),
    spanCount: summary.spanCount,
    errorSpanCount: summary.errorSpanCount,
    orphanSpanCount: summary.orphanSpanCount,
    services: summary.services,
  }
}

/** A span that ends no earlier than it starts, with its warnings where Jaeger puts them. */
function corrected(span: SpanRecord, known: ReadonlySet<string>): SpanRecord {
  const warnings = warningsOf(span, known)
  if (warnings.length === 0) return span
  const values = warnings.map((value): AnyValue => ({ type: 'string', value }))
  const attributes = [
    ...span.attributes,
    { key: WARNINGS_ATTRIBUTE, value: { type: 'array', values } satisfies AnyValue },
  ]
  const isBackwards = span.endUnixNano < span.startUnixNano
  return { ...span, attributes, endUnixNano: isBackwards ? span.startUnixNano : span.endUnixNano }
}

/** A resource that names no service gets the name that stands for it, because clients look for it there. */
function resourceOf(resource: Resource, service: string): OtlpResourceSpans {
  const named = findAttribute(resource.attributes, 'service.name')
  const others = resource.attributes.filter((attribute) => attribute.key !== 'service.name')
  const isNamed = named?.type === 'string' && named.value === service
  const name: Attribute = { key: 'service.name', value: { type: 'string', value: service } }
  return {
    resource: {
      ...attributesMember(isNamed ? resource.attributes : [...others, name]),
      ...positive('droppedAttributesCount', resource.droppedAttributesCount),
    },
    scopeSpans: [],
    ...filled('schemaUrl', resource.schemaUrl),
  }
}

function scopeOf(scope: Scope): OtlpScopeSpans {
  return {
    scope: {
      ...filled('name', scope.name),
      ...filled('version', scope.version),
      ...attributesMember(scope.attributes),
      ...positive('droppedAttributesCount', scope.droppedAttributesCount),
    },
    spans: [],
    ...filled('schemaUrl', scope.schemaUrl),
  }
}

function toOtlpSpan(span: SpanRecord): OtlpSpan {
  const links = span.links.filter(isRealLink)
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...filled('traceState', span.traceState),
    ...filled('parentSpanId', span.parentSpanId),
    ...positive('flags', span.flags),
    name: span.name,
    ...positive('kind', span.kind),
    ...time('startTimeUnixNano', span.startUnixNano),
    ...time('endTimeUnixNano', span.endUnixNano),
    ...attributesMember(span.attributes),
    ...positive('droppedAttributesCount', span.droppedAttributesCount),
    ...(span.events.length > 0 ? { events: [...span.events].sort(byTime).map(toOtlpEvent) } : {}),
    ...positive('droppedEventsCount', span.droppedEventsCount),
    ...(links.length > 0 ? { links: links.map(toOtlpLink) } : {}),
    ...positive('droppedLinksCount', span.droppedLinksCount),
    status: { ...filled('message', span.statusMessage), ...positive('code', span.statusCode) },
  }
}

function toOtlpEvent(event: SpanEvent): OtlpEvent {
  return {
    ...time('timeUnixNano', event.timeUnixNano),
    ...filled('name', event.name),
    ...attributesMember(event.attributes),
    ...positive('droppedAttributesCount', event.droppedAttributesCount),
  }
}

function toOtlpLink(link: SpanLink): OtlpLink {
  return {
    traceId: link.traceId,
    spanId: link.spanId,
    ...filled('traceState', link.traceState),
    ...attributesMember(link.attributes),
    ...positive('droppedAttributesCount', link.droppedAttributesCount),
    ...positive('flags', link.flags),
  }
}

export function toOtlpValue(value: AnyValue): OtlpValue {
  switch (value.type) {
    case 'string':
      return { stringValue: value.value }
    case 'bool':
      return { boolValue: value.value }
    case 'int':
      return { intValue: String(value.value) }
    case 'double':
      // NaN and the infinities have no JSON number; their names are what the strings here say.
      return { doubleValue: Number.isFinite(value.value) ? value.value : (doubleText(value.value) as 'NaN') }
    case 'bytes':
      return { bytesValue: value.value.toString('base64') }
    case 'array':
      return { arrayValue: value.values.length > 0 ? { values: value.values.map(toOtlpValue) } : {} }
    case 'map':
      return { kvlistValue: value.entries.length > 0 ? { values: value.entries.map(toOtlpAttribute) } : {} }
    case 'empty':
      // A value without a member breaks Jaeger's UI, which wants exactly one.
      return { stringValue: '' }
  }
}

function toOtlpAttribute({ key, value }: Attribute): OtlpAttribute {
  return { key, value: toOtlpValue(value) }
}

function attributesMember(attributes: readonly Attribute[]): { attributes?: OtlpAttribute[] } {
  return attributes.length > 0 ? { attributes: sortAttributes([...attributes]).map(toOtlpAttribute) } : {}
}

function filled<K extends string>(key: K, value: string): { [P in K]?: string } {
  return (value === '' ? {} : { [key]: value }) as { [P in K]?: string }
}

function positive<K extends string>(key: K, value: number): { [P in K]?: number } {
  return (value === 0 ? {} : { [key]: value }) as { [P in K]?: number }
}

function time<K extends string>(key: K, ns: bigint): { [P in K]?: string } {
  return (ns === 0n ? {} : { [key]: String(ns) }) as { [P in K]?: string }
}

function byTime(a: SpanEvent, b: SpanEvent): number {
  return a.timeUnixNano < b.timeUnixNano ? -1 : a.timeUnixNano > b.timeUnixNano ? 1 : 0
}
