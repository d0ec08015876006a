// Who called whom in one trace, node by node, with databases and queues as nodes of their own. Pure.
import { type Span, type Trace, tagValue } from './trace-model.ts'

export type GraphNode = { id: string; label: string; detail: string; service: string; spans: number; errors: number }
export type GraphEdge = { from: string; to: string; calls: number; errors: number; durationMicros: number }
export type TraceGraph = { nodes: GraphNode[]; edges: GraphEdge[] }

export function traceGraph({ spans }: Trace): TraceGraph {
  const nodes = new Map<string, GraphNode>()
  const edges = new Map<string, GraphEdge>()
  const addNode = (id: string, about: Omit<GraphNode, 'id' | 'spans' | 'errors'>, error: boolean) => {
    const node = nodes.get(id) ?? { id, ...about, spans: 0, errors: 0 }
    node.spans += 1
    if (error) node.errors += 1
    nodes.set(id, node)
  }
  const addEdge = (from: string, to: string, span: Span) => {
    const key = `${from}\u0000${to}`
    const edge = edges.get(key) ?? { from, to, calls: 0, errors: 0, durationMicros: 0 }
    edge.calls += 1
    edge.durationMicros += span.durationMicros
    if (span.error) edge.errors += 1
    edges.set(key, edge)
  }
  for (const span of spans) {
    const id = nodeId(span)
    addNode(
      id,
      { label: span.node, detail: [span.service, span.region].filter(Boolean).join(' · '), service: span.service },
      span.error,
    )
    const parent = span.parent === undefined ? undefined : spans[span.parent]
    if (parent && nodeId(parent) !== id) addEdge(nodeId(parent), id, parent.kind === 'client' ? parent : span)
    const database = databaseOf(span)
    if (database) {
      const databaseId = `database ${database.label}`
      addNode(databaseId, { ...database, service: database.label }, span.error)
      addEdge(id, databaseId, span)
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] }
}

function nodeId({ service, node }: Span): string {
  return `${service} ${node}`
}

function databaseOf({ kind, tags }: Span): { label: string; detail: string } | undefined {
  const system = tagValue(tags, 'db.system.name') ?? tagValue(tags, 'db.system')
  if (kind !== 'client' || system === undefined) return undefined
  const name = tagValue(tags, 'db.namespace') ?? tagValue(tags, 'db.name')
  const address = tagValue(tags, 'server.address')
  return { label: String(name ?? system), detail: [system, address].filter((part) => part !== undefined).join(' · ') }
}
