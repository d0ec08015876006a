// Stored traces in the shape of Jaeger's older API, as Jaeger's own OTLP translation makes them: resource attributes become the
// process's tags, events become logs, parents and links become references, scope, kind and status become tags.
import { type AnyValue, type Attribute, sortAttributes } from '../model/any-value.ts'
import { valueText } from '../model/value-text.ts'
import type { SpanEvent, SpanRecord, TraceRecord } from '../traces/span-record.ts'
import { isRealLink, warningsOf } from './warnings.ts'
import type { LegacyLog, LegacyProcess, LegacyReference, LegacySpan, LegacyTag, LegacyTrace } from './wire.ts'

/** Jaeger's names of OTLP's span kinds, by number. */
export const KIND_NAMES = ['', 'internal', 'server', 'client', 'producer', 'consumer'] as const

const STATUS_NAMES = ['', 'OK', 'ERROR'] as const
const FLAG_SAMPLED = 1

export interface LegacyOptions {
  /** Without warnings about missing parents and the like: the trace as stored. */
  raw: boolean
}

export function toLegacyTrace(trace: TraceRecord, options: LegacyOptions): LegacyTrace {
  const processes = new ProcessTable()
  const known = new Set(trace.spans.map((span) => span.spanId))
  const spans = trace.spans.map((span) => {
    return toLegacySpan(span, processes.idOf(span), options.raw ? [] : warningsOf(span, known))
  })
  const warnings =
    trace.droppedSpans === 0 ? null : [`trace is incomplete: ${trace.droppedSpans} spans beyond its limit were dropped`]
  return { traceID: legacyTraceId(trace.traceId), spans, processes: processes.byId, warnings }
}

/** Jaeger writes 64-bit trace ids with 16 digits. */
export function legacyTraceId(traceId: string): string {
  return traceId.startsWith('0000000000000000') ? traceId.slice(16) : traceId
}

function toLegacySpan(span: SpanRecord, processID: string, warnings: string[]): LegacySpan {
  const durationNs = span.endUnixNano - span.startUnixNano
  return {
    traceID: legacyTraceId(span.traceId),
    spanID: span.spanId,
    ...(span.flags & FLAG_SAMPLED ? { flags: FLAG_SAMPLED } : {}),
    operationName: span.name,
    references: referencesOf(span),
    startTime: micros(span.startUnixNano),
    duration: durationNs > 0n ? micros(durationNs) : 0,
    tags: tagsOf(span),
    logs: [...span.events].sort(byTime).map(toLegacyLog),
    processID,
    warnings: warnings.length > 0 ? warnings : null,
  }
}

/** The order is Jaeger's: scope, attributes by key, kind, status, trace state. */
function tagsOf(span: SpanRecord): LegacyTag[] {
  const tags: LegacyTag[] = []
  if (span.scope.name !== '') tags.push(text('otel.scope.name', span.scope.name))
  if (span.scope.version !== '') tags.push(text('otel.scope.version', span.scope.version))
  for (const attribute of sortAttributes([...span.attributes])) tags.push(toLegacyTag(attribute))
  const kind = KIND_NAMES[span.kind]
  if (kind) tags.push(text('span.kind', kind))
  const status = STATUS_NAMES[span.statusCode]
  if (status) tags.push(text('otel.status_code', status))
  if (status === 'ERROR') tags.push({ key: 'error', type: 'bool', value: true })
  if (span.statusMessage !== '') tags.push(text('otel.status_description', span.statusMessage))
  if (span.traceState !== '') tags.push(text('w3c.tracestate', span.traceState))
  return tags
}

/** The parent first, because clients take the first CHILD_OF for it; a link to the parent does not repeat it but may change its type. */
function referencesOf(span: SpanRecord): LegacyReference[] {
  const references: LegacyReference[] = []
  if (span.parentSpanId !== '') {
    references.push({ refType: 'CHILD_OF', traceID: legacyTraceId(span.traceId), spanID: span.parentSpanId })
  }
  for (const link of span.links) {
    if (!isRealLink(link)) continue
    const declared = link.attributes.find((attribute) => attribute.key === 'opentracing.ref_type')
    const refType = declared && valueText(declared.value) === 'child_of' ? 'CHILD_OF' : 'FOLLOWS_FROM'
    const parent = references[0]
    if (parent && link.traceId === span.traceId && link.spanId === span.parentSpanId) parent.refType = refType
    else references.push({ refType, traceID: legacyTraceId(link.traceId), spanID: link.spanId })
  }
  return references
}

function toLegacyLog(event: SpanEvent): LegacyLog {
  const fields = sortAttributes([...event.attributes]).map(toLegacyTag)
  const named = event.attributes.some((attribute) => attribute.key === 'event')
  if (event.name !== '' && !named) fields.unshift(text('event', event.name))
  return { timestamp: micros(event.timeUnixNano), fields }
}

export function toLegacyTag({ key, value }: Attribute): LegacyTag {
  switch (value.type) {
    case 'bool':
      return { key, type: 'bool', value: value.value }
    case 'int':
      return { key, type: 'int64', value: safeInteger(value.value) }
    case 'double':
      return { key, type: 'float64', value: Number.isFinite(value.value) ? value.value : String(value.value) }
    case 'bytes':
      return { key, type: 'binary', value: valueText(value) }
    case 'string':
    case 'empty':
    case 'array':
    case 'map':
      return { key, type: 'string', value: valueText(value) }
  }
}

/** Processes of a trace, numbered as they appear; equal ones share a number. */
class ProcessTable {
  readonly byId: Record<string, LegacyProcess> = {}
  private readonly ids = new Map<string, string>()
  private readonly idsOfResources = new Map<object, string>()

  idOf(span: SpanRecord): string {
    const known = this.idsOfResources.get(span.resource)
    if (known) return known
    const process = toLegacyProcess(span)
    const content = JSON.stringify(process)
    const id = this.ids.get(content) ?? `p${this.ids.size + 1}`
    this.ids.set(content, id)
    this.idsOfResources.set(span.resource, id)
    this.byId[id] = process
    return id
  }
}

function toLegacyProcess(span: SpanRecord): LegacyProcess {
  const rest = span.resource.attributes.filter((attribute) => attribute.key !== 'service.name')
  return { serviceName: span.service, tags: sortAttributes(rest).map(toLegacyTag) }
}

function text(key: string, value: string): LegacyTag {
  return { key, type: 'string', value }
}

function micros(ns: bigint): number {
  return Number(ns / 1000n)
}

function safeInteger(value: Extract<AnyValue, { type: 'int' }>['value']): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

function byTime(a: SpanEvent, b: SpanEvent): number {
  return a.timeUnixNano < b.timeUnixNano ? -1 : a.timeUnixNano > b.timeUnixNano ? 1 : 0
}
