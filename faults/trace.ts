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
