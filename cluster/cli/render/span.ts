// One span as the terminal shows it, read from Jaeger's JSON. Pure.
import type { JaegerSpan, JaegerTrace } from '../jaeger.ts'

export type SpanKind = 'client' | 'server' | 'producer' | 'consumer' | 'internal'

export type Span = {
  id: string
  parentId: string | undefined
  service: string
  /** `service.instance.id`, or the service when it has none. */
  node: string
  /** `cloud.region`. */
  region: string | undefined
  operation: string
  kind: SpanKind | undefined
  startMicros: number
  durationMicros: number
  isError: boolean
  /** HTTP status, gRPC status or error type: what a reader wants in three characters, or more for an error. */
  status: string | undefined
  message: string | undefined
  links: { traceId: string; spanId: string }[]
  /** The backend's own remarks. */
  warnings: string[]
}

export function readSpans(trace: JaegerTrace): Span[] {
  return trace.spans.map((span) => readSpan(trace, span))
}

function readSpan(trace: JaegerTrace, span: JaegerSpan): Span {
  const process = trace.processes[span.processID]
  const tags = new Map((span.tags ?? []).map(({ key, value }) => [key, textOf(value)]))
  const resource = new Map((process?.tags ?? []).map(({ key, value }) => [key, textOf(value)]))
  const service = process?.serviceName ?? 'unknown'
  const references = span.references ?? []
  const inside = references.filter((reference) => sameTrace(reference.traceID, trace.traceID))
  // Jaeger shows a parent that is also linked to as FOLLOWS_FROM.
  const parent = inside.find((reference) => reference.refType === 'CHILD_OF') ?? inside[0]
  return {
    id: span.spanID,
    parentId: parent?.spanID,
    service,
    node: resource.get('service.instance.id') ?? service,
    region: resource.get('cloud.region'),
    operation: span.operationName,
    kind: kindOf(tags.get('span.kind')),
    startMicros: span.startTime,
    durationMicros: span.duration,
    isError: tags.get('otel.status_code') === 'ERROR' || tags.get('error') === 'true',
    status: statusOf(tags),
    message: messageOf(span, tags),
    links: references
      .filter((reference) => reference !== parent)
      .map(({ traceID, spanID }) => ({ traceId: traceID, spanId: spanID })),
    warnings: span.warnings ?? [],
  }
}

/** Old Jaegers leave leading zeros of trace ids out. */
export function sameTrace(one: string, other: string): boolean {
  return one.padStart(32, '0') === other.padStart(32, '0')
}

function kindOf(text: string | undefined): SpanKind | undefined {
  switch (text) {
    case 'client':
    case 'server':
    case 'producer':
    case 'consumer':
    case 'internal':
      return text
    default:
      return undefined
  }
}

function statusOf(tags: Map<string, string>): string | undefined {
  return (
    tags.get('http.response.status_code') ??
    tags.get('http.status_code') ??
    tags.get('rpc.grpc.status_code') ??
    tags.get('db.response.status_code') ??
    tags.get('error.type')
  )
}

/** The status description, else the message of the last exception event. */
function messageOf(span: JaegerSpan, tags: Map<string, string>): string | undefined {
  const described = tags.get('otel.status_description')
  if (described) return described
  for (const log of [...(span.logs ?? [])].reverse()) {
    const fields = new Map(log.fields.map(({ key, value }) => [key, textOf(value)]))
    const message = fields.get('exception.message')
    if (message) return [fields.get('exception.type'), message].filter(Boolean).join(': ')
  }
  return undefined
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
