// Reads traces through Jaeger's API and says what is wrong with their shape: orphans, broken parents, hops with one side missing.
import { request } from 'undici'
import { z } from 'zod'

const Tag = z.object({ key: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })
const JaegerSpan = z.object({
  traceID: z.string(),
  spanID: z.string(),
  operationName: z.string(),
  references: z.array(z.object({ refType: z.string(), traceID: z.string(), spanID: z.string() })),
  startTime: z.number(),
  duration: z.number(),
  tags: z.array(Tag),
  logs: z.array(z.object({ fields: z.array(Tag) })),
  processID: z.string(),
})
const JaegerTrace = z.object({
  traceID: z.string(),
  spans: z.array(JaegerSpan),
  processes: z.record(z.string(), z.object({ serviceName: z.string(), tags: z.array(Tag) })),
})
const Envelope = z.object({ data: z.array(JaegerTrace).nullable() })

export type Span = {
  id: string
  name: string
  parentId: string | undefined
  links: { traceId: string; spanId: string }[]
  kind: string
  service: string
  node: string
  region: string
  tags: Record<string, string | number | boolean>
  events: Record<string, string | number | boolean>[]
  startUs: number
  durationUs: number
}

export type Trace = { id: string; spans: Span[] }

/** One trace; undefined while the backend does not know it. */
export async function readTrace(jaeger: string, traceId: string): Promise<Trace | undefined> {
  const response = await request(`${jaeger}/api/traces/${traceId}`)
  const body = await response.body.json()
  if (response.statusCode === 404) return undefined
  const [trace] = Envelope.parse(body).data ?? []
  return trace && toTrace(trace)
}

/** Traces that match a search, newest first; `query` holds Jaeger's own parameters. */
export async function searchTraces(jaeger: string, query: Record<string, string>): Promise<Trace[]> {
  const response = await request(`${jaeger}/api/traces?${new URLSearchParams(query)}`)
  return (Envelope.parse(await response.body.json()).data ?? []).map(toTrace)
}

function toTrace(trace: z.infer<typeof JaegerTrace>): Trace {
  const spans = trace.spans.map((span): Span => {
    const process = trace.processes[span.processID]
    const resource = toRecord(process?.tags ?? [])
    const tags = toRecord(span.tags)
    return {
      id: span.spanID,
      name: span.operationName,
      parentId: parentOf(span)?.spanID,
      links: span.references
        .filter(({ refType }) => refType === 'FOLLOWS_FROM')
        .map(({ traceID, spanID }) => ({ traceId: traceID, spanId: spanID })),
      kind: String(tags['span.kind'] ?? 'internal'),
      service: process?.serviceName ?? '',
      node: String(resource['service.instance.id'] ?? ''),
      region: String(resource['cloud.region'] ?? ''),
      tags,
      events: span.logs.map(({ fields }) => toRecord(fields)),
      startUs: span.startTime,
      durationUs: span.duration,
    }
  })
  return { id: trace.traceID, spans }
}

/** A child that also links to its parent comes as FOLLOWS_FROM alone: Jaeger gives one reference a span. */
function parentOf({ traceID, references }: z.infer<typeof JaegerSpan>) {
  const inTrace = references.filter((reference) => reference.traceID === traceID)
  return inTrace.find(({ refType }) => refType === 'CHILD_OF') ?? inTrace[0]
}

function toRecord(tags: z.infer<typeof Tag>[]): Record<string, string | number | boolean> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]))
}

/** What is wrong with the shape of a trace, a line each; empty for a good one. */
export function shapeFaults(trace: Trace): string[] {
  const byId = new Map(trace.spans.map((span) => [span.id, span]))
  const name = (span: Span) => `${span.node} ${span.kind} "${span.name}"`
  const roots = trace.spans.filter((span) => span.parentId === undefined)
  const faults = roots.length === 1 ? [] : [`${roots.length} roots: ${roots.map(name).join(', ')}`]
  for (const span of trace.spans) {
    const parent = span.parentId === undefined ? undefined : byId.get(span.parentId)
    if (span.parentId !== undefined && !parent) faults.push(`${name(span)} has a parent that is missing`)
    if (span.kind === 'server' && parent && parent.kind !== 'client') faults.push(`${name(span)} has no client span`)
    if (span.kind === 'server' && parent && parent.node === span.node)
      faults.push(`${name(span)} is served by its caller`)
    if (span.kind === 'client' && isCallOfNode(span) && !isCut(span) && !hasServerSpan(trace, span)) {
      faults.push(`${name(span)} to ${span.tags['faultline.callee.instance']} has no server span`)
    }
  }
  return faults
}

function isCallOfNode(span: Span): boolean {
  return span.tags['faultline.callee.instance'] !== undefined
}

/** A call that got no answer may well have reached nobody. */
function isCut(span: Span): boolean {
  return span.tags['http.response.status_code'] === undefined
}

function hasServerSpan(trace: Trace, client: Span): boolean {
  return trace.spans.some(({ parentId, kind }) => parentId === client.id && kind === 'server')
}
