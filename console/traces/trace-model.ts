// A trace as the console works with it, made of what Jaeger's query API answers. Pure. Times are µs since the epoch.
// It trusts nothing in the answer: parents may be missing, references may run in a circle, times may be skewed.

export type TagValue = string | number | boolean
export type Tag = { key: string; value: TagValue }
export type SpanEvent = { timeMicros: number; name: string; tags: Tag[] }
export type SpanLink = { traceId: string; spanId: string }
export type SpanKind = 'client' | 'server' | 'producer' | 'consumer' | 'internal'

export type Span = {
  /** Position in `Trace.spans`. */
  index: number
  id: string
  name: string
  service: string
  /** Which of the service's nodes: `service.instance.id`. */
  node: string
  region: string
  version: string
  kind: SpanKind
  startMicros: number
  durationMicros: number
  error: boolean
  tags: Tag[]
  /** Of the process: the resource's attributes. */
  resource: Tag[]
  events: SpanEvent[]
  /** Of other traces, or of other spans of this one: what it followed from without being its child, such as a message that was sent. */
  links: SpanLink[]
  warnings: string[]
  /** Undefined for a root; also when the parent is not in the trace. */
  parent: number | undefined
  /** The parent is named and not there. */
  orphan: boolean
  children: number[]
  /** Among its siblings, or among the roots, from 1. */
  position: number
  depth: number
  /** Spans below it, at any depth. */
  descendants: number
}

export type Trace = {
  id: string
  /** In tree order: every span before its children, siblings by start. */
  spans: Span[]
  roots: number[]
  startMicros: number
  durationMicros: number
  /** Sorted. */
  services: string[]
  errors: number
}

/** What Jaeger answers of a trace; everything may be missing. */
export type WireTrace = {
  traceID?: string
  spans?: WireSpan[] | null
  processes?: Record<string, { serviceName?: string; tags?: WireTag[] | null }> | null
}
type WireTag = { key?: unknown; value?: unknown }
type WireSpan = {
  spanID?: string
  operationName?: string
  references?: { refType?: string; traceID?: string; spanID?: string }[] | null
  startTime?: number
  duration?: number
  tags?: WireTag[] | null
  logs?: { timestamp?: number; fields?: WireTag[] | null }[] | null
  processID?: string
  warnings?: string[] | null
}

const kinds: ReadonlySet<string> = new Set(['client', 'server', 'producer', 'consumer', 'internal'])

export function readTrace(wire: WireTrace): Trace {
  const traceId = wire.traceID ?? ''
  const processes = new Map(
    Object.entries(wire.processes ?? {}).map(([id, process]) => [id, readProcess(process)] as const),
  )
  const unordered = (wire.spans ?? []).map((span) => readSpan(span, traceId, processes.get(span.processID ?? '')))
  const spans = inTreeOrder(unordered)
  const startMicros = spans.reduce((least, span) => Math.min(least, span.startMicros), Number.POSITIVE_INFINITY)
  const endMicros = spans.reduce((most, span) => Math.max(most, span.startMicros + span.durationMicros), 0)
  return {
    id: traceId,
    spans,
    roots: spans.filter(({ parent }) => parent === undefined).map(({ index }) => index),
    startMicros: spans.length > 0 ? startMicros : 0,
    durationMicros: spans.length > 0 ? endMicros - startMicros : 0,
    services: [...new Set(spans.map(({ service }) => service))].sort(),
    errors: spans.filter(({ error }) => error).length,
  }
}

export function tagValue(tags: readonly Tag[], key: string): TagValue | undefined {
  return tags.find((tag) => tag.key === key)?.value
}

/** The first root, by which a trace is known. */
export function rootOf(trace: Trace): Span | undefined {
  return trace.spans[trace.roots[0] ?? 0]
}

type Process = Pick<Span, 'service' | 'node' | 'region' | 'version' | 'resource'>
type Unordered = Span & { parentId: string | undefined }

function readProcess({ serviceName, tags }: { serviceName?: string; tags?: WireTag[] | null }): Process {
  const resource = readTags(tags)
  const text = (key: string) => String(tagValue(resource, key) ?? '')
  const service = String(serviceName ?? 'unknown')
  return {
    service,
    node: text('service.instance.id') || text('host.name') || service,
    region: text('cloud.region'),
    version: text('service.version'),
    resource,
  }
}

/** Nothing, many times over. */
const none: never[] = []

const unknownProcess: Process = { service: 'unknown', node: 'unknown', region: '', version: '', resource: [] }

function readSpan(wire: WireSpan, traceId: string, process: Process = unknownProcess): Unordered {
  const tags = readTags(wire.tags)
  const references = wire.references ?? []
  const own = references.filter((reference) => reference.traceID === traceId)
  const parent = own.find(({ refType }) => refType === 'CHILD_OF') ?? own[0]
  const kind = String(tagValue(tags, 'span.kind') ?? 'internal')
  // Every member by its name, in one literal: of ten thousand spans, anything else is felt.
  return {
    index: 0,
    id: wire.spanID ?? '',
    name: String(wire.operationName ?? ''),
    service: process.service,
    node: process.node,
    region: process.region,
    version: process.version,
    // The check is what the type says.
    kind: (kinds.has(kind) ? kind : 'internal') as SpanKind,
    startMicros: finite(wire.startTime),
    durationMicros: Math.max(0, finite(wire.duration)),
    error: isError(tags),
    tags,
    resource: process.resource,
    events: wire.logs?.length ? wire.logs.map(readEvent) : none,
    links: references.length > (parent?.refType === 'CHILD_OF' ? 1 : 0) ? readLinks(references, parent) : none,
    warnings: wire.warnings?.length ? wire.warnings.map(String) : none,
    parentId: parent?.spanID,
    parent: undefined,
    orphan: false,
    children: [],
    position: 0,
    depth: 0,
    descendants: 0,
  }
}

type WireReference = NonNullable<WireSpan['references']>[number]

function readLinks(references: readonly WireReference[], parent: WireReference | undefined): SpanLink[] {
  return references
    .filter((reference) => reference !== parent || reference.refType !== 'CHILD_OF')
    .filter(({ traceID, spanID }) => traceID && spanID)
    .map(({ traceID = '', spanID = '' }) => ({ traceId: traceID, spanId: spanID }))
}

/** The same array when it is as it should be, which it nearly always is. */
function readTags(tags: WireTag[] | null | undefined): Tag[] {
  if (!tags?.length) return none
  if (tags.every(isTag)) return tags
  return tags.map(({ key, value }) => ({ key: String(key ?? ''), value: readValue(value) }))
}

function isTag(tag: WireTag): tag is Tag {
  const { key, value } = tag
  return (
    typeof key === 'string' && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
  )
}

function readValue(value: unknown): TagValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

function readEvent({ timestamp, fields }: NonNullable<WireSpan['logs']>[number]): SpanEvent {
  const tags = readTags(fields)
  const name = tagValue(tags, 'event') ?? tagValue(tags, 'message') ?? 'event'
  return { timeMicros: finite(timestamp), name: String(name), tags: tags.filter(({ key }) => key !== 'event') }
}

function isError(tags: readonly Tag[]): boolean {
  const value = tagValue(tags, 'error')
  return (value !== undefined && value !== false && value !== 'false') || tagValue(tags, 'otel.status_code') === 'ERROR'
}

function finite(value: unknown): number {
  const number = Number(value)
  return Number.isFinite(number) ? number : 0
}

/** Depth first, without recursion: a trace may be thousands deep. Spans of a circle of parents are taken as roots where it is entered. */
function inTreeOrder(spans: Unordered[]): Span[] {
  const byId = new Map(spans.map((span) => [span.id, span]))
  const below = new Map<Unordered, Unordered[]>()
  const roots: Unordered[] = []
  for (const span of spans) {
    const parent = span.parentId === undefined ? undefined : byId.get(span.parentId)
    span.orphan = span.parentId !== undefined && span.parentId !== '' && parent === undefined
    if (!parent || parent === span) roots.push(span)
    else if (below.has(parent)) below.get(parent)?.push(span)
    else below.set(parent, [span])
  }
  const byStart = (one: Span, other: Span) => one.startMicros - other.startMicros
  const ordered: Span[] = []
  const seen = new Set<Unordered>()
  let rootsSeen = 0
  const visit = (root: Unordered) => {
    const stack: { span: Unordered; parent: Span | undefined }[] = [{ span: root, parent: undefined }]
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { span, parent } = next
      if (seen.has(span)) continue
      seen.add(span)
      span.index = ordered.length
      span.parent = parent?.index
      span.depth = parent ? parent.depth + 1 : 0
      span.position = parent ? parent.children.push(span.index) : ++rootsSeen
      ordered.push(span)
      const children = (below.get(span) ?? []).sort(byStart)
      for (let i = children.length - 1; i >= 0; i--) {
        const child = children[i]
        if (child) stack.push({ span: child, parent: span })
      }
    }
  }
  for (const root of roots.sort(byStart)) visit(root)
  for (const span of spans) if (!seen.has(span)) visit(span)
  for (let i = ordered.length - 1; i >= 0; i--) {
    const span = ordered[i]
    const parent = span?.parent === undefined ? undefined : ordered[span.parent]
    if (span && parent) parent.descendants += span.descendants + 1
  }
  return ordered
}
