// Spans for tests, in few words: ids from small numbers, times in milliseconds after a base.
import { decodeRequest } from '../otlp/decode-groups.ts'
import { decodeSpan } from '../otlp/decode-spans.ts'
import { writeTraceRequest } from '../otlp/json-requests.ts'
import { ProtoWriter } from '../otlp/proto-writer.ts'
import { RecordBatch } from '../otlp/record-batch.ts'

/** Base of the times of built spans: milliseconds since the epoch. */
export const BASE_MS = 1_790_000_000_000

export interface SpanSpec {
  trace: number | string
  span: number
  parent?: number
  service?: string
  name?: string
  /** OTLP number; server when not given. */
  kind?: number
  startMs?: number
  durationMs?: number
  attributes?: Record<string, unknown>
  resource?: Record<string, unknown>
  scope?: object
  status?: object
  events?: object[]
  links?: { trace: number | string; span: number; attributes?: Record<string, unknown> }[]
}

export function traceIdOf(trace: number | string): string {
  return typeof trace === 'string' ? trace : trace.toString(16).padStart(8, '0').padStart(32, 'a')
}

export function spanIdOf(span: number): string {
  return span.toString(16).padStart(16, '0')
}

/** A request with each span in a resource of its own, in OTLP's JSON form. */
export function requestOf(specs: readonly SpanSpec[]): object {
  return {
    resourceSpans: specs.map((spec) => ({
      resource: { attributes: attributesOf({ 'service.name': spec.service ?? 'shop', ...spec.resource }) },
      scopeSpans: [{ scope: spec.scope ?? {}, spans: [spanOf(spec)] }],
    })),
  }
}

/** The batch that a request of these spans decodes to. */
export function batchOf(specs: readonly SpanSpec[]): RecordBatch {
  const w = new ProtoWriter()
  writeTraceRequest(w, requestOf(specs))
  const batch = new RecordBatch()
  decodeRequest(w.finish(), batch, decodeSpan)
  return batch
}

function spanOf(spec: SpanSpec): object {
  const startNs = BigInt(BASE_MS + (spec.startMs ?? 0)) * 1_000_000n
  return {
    traceId: traceIdOf(spec.trace),
    spanId: spanIdOf(spec.span),
    ...(spec.parent === undefined ? {} : { parentSpanId: spanIdOf(spec.parent) }),
    name: spec.name ?? 'work',
    kind: spec.kind ?? 2,
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs + BigInt(Math.round((spec.durationMs ?? 1) * 1e6))),
    attributes: attributesOf(spec.attributes ?? {}),
    ...(spec.status ? { status: spec.status } : {}),
    ...(spec.events ? { events: spec.events } : {}),
    ...(spec.links ? { links: spec.links.map(linkOf) } : {}),
  }
}

function linkOf(link: NonNullable<SpanSpec['links']>[number]): object {
  return {
    traceId: traceIdOf(link.trace),
    spanId: spanIdOf(link.span),
    attributes: attributesOf(link.attributes ?? {}),
  }
}

export function attributesOf(values: Record<string, unknown>): object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValueOf(value) }))
}

function anyValueOf(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: value } : { doubleValue: value }
  if (Buffer.isBuffer(value)) return { bytesValue: value.toString('base64') }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValueOf) } }
  return { kvlistValue: { values: attributesOf(value as Record<string, unknown>) } }
}
