// A trace as the predicates of faults read it, made from Jaeger's JSON by whoever asks them.

export type TraceSpan = {
  id: string
  name: string
  parentId: string | undefined
  kind: string
  /** Kind of node. */
  service: string
  /** For instance `orders-1`. */
  node: string
  region: string
  /** Of the program, as its resource tells. */
  version: string
  tags: Readonly<Record<string, string | number | boolean>>
  startUs: number
  durationUs: number
}

export type Trace = { id: string; spans: readonly TraceSpan[] }

/** A call from one node to another: its client span, and the server span if the request arrived. */
export type Hop = { client: TraceSpan; server: TraceSpan | undefined; callee: string }

/** Every call between nodes in the trace, database statements left out. */
export function hopsOf(trace: Trace): Hop[] {
  const servers = new Map(trace.spans.filter(({ kind }) => kind === 'server').map((span) => [span.parentId, span]))
  return trace.spans.flatMap((client) => {
    const callee = client.tags['faultline.callee.instance']
    if (client.kind !== 'client' || typeof callee !== 'string') return []
    return [{ client, server: servers.get(client.id), callee }]
  })
}

/** Whether the call is one from `from` to `to`; an empty list means anybody. */
export function crosses(hop: Hop, from: readonly string[], to: readonly string[]): boolean {
  return among(hop.client.node, from) && among(hop.callee, to)
}

export function among(node: string, nodes: readonly string[]): boolean {
  return nodes.length === 0 || nodes.includes(node)
}

export function errorOf(span: TraceSpan): string {
  return String(span.tags['error.type'] ?? '')
}

/** What the span spent on nothing that it shows: its time less the part that its children cover, in ms. */
export function selfMs(trace: Trace, span: TraceSpan): number {
  const children = trace.spans
    .filter(({ parentId }) => parentId === span.id)
    .map(({ startUs, durationUs }) => [startUs, startUs + durationUs] as const)
    .sort(([a], [b]) => a - b)
  let coveredUs = 0
  let reachedUs = span.startUs
  const endUs = span.startUs + span.durationUs
  for (const [startUs, stopUs] of children) {
    const from = Math.max(startUs, reachedUs)
    const until = Math.min(stopUs, endUs)
    if (until > from) coveredUs += until - from
    reachedUs = Math.max(reachedUs, until)
  }
  return (span.durationUs - coveredUs) / 1_000
}

/** Whether a server span of these nodes has failed in this way and nothing below it has: the failure was born there. */
export function bornAt(trace: Trace, nodes: readonly string[], failed: (span: TraceSpan) => boolean): boolean {
  return trace.spans.some(
    (span) =>
      span.kind === 'server' &&
      among(span.node, nodes) &&
      failed(span) &&
      !trace.spans.some((child) => child.parentId === span.id && errorOf(child) !== ''),
  )
}

/** Clocks of one node agree with themselves, and yet a span ends a little before what it was waiting for has ended. */
const AFTERWARDS_US = 100_000

/** Whether one of these nodes begins something for a request whose server span had ended by then. */
export function worksOnAfterEnd(trace: Trace, nodes: readonly string[]): boolean {
  const servers = trace.spans.filter(({ kind, node }) => kind === 'server' && among(node, nodes))
  return servers.some(({ id, node, startUs, durationUs }) =>
    trace.spans.some(
      (span) => span.parentId === id && span.node === node && span.startUs > startUs + durationUs + AFTERWARDS_US,
    ),
  )
}

/** The most attempts that one request has made of one call of these nodes. */
export function mostAttempts(trace: Trace, callees: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const { client, callee } of hopsOf(trace)) {
    if (!among(callee, callees)) continue
    const call = `${client.parentId} ${client.name} ${client.tags['url.template'] ?? ''}`
    counts.set(call, (counts.get(call) ?? 0) + 1)
  }
  return Math.max(0, ...counts.values())
}
