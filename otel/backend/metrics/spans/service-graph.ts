// Who calls whom: pairs of a caller's and a callee's span, as the Collector's servicegraph connector finds them, with its virtual nodes:
// https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/connector/servicegraphconnector
import { Histogram, type HistogramExemplar } from './histogram.ts'
import { KIND_CLIENT, KIND_CONSUMER, KIND_PRODUCER, KIND_SERVER, type SpanFacts, STATUS_ERROR } from './span-facts.ts'

/** Seconds. */
export const REQUEST_DURATION_BOUNDS = [
  0.002, 0.004, 0.006, 0.008, 0.01, 0.05, 0.1, 0.2, 0.4, 0.8, 1, 1.4, 2, 5, 10, 15,
]

export type ConnectionType = '' | 'messaging_system' | 'database' | 'virtual_node'

export interface Edge {
  /** `client`, `server`, `connection_type`. */
  readonly labels: Readonly<Record<string, string>>
  readonly clientSeconds: Histogram
  readonly serverSeconds: Histogram
  requests: number
  failed: number
  unpaired: number
  dropped: number
  lastSeenMs: number
}

/** One side of a pair, waiting for the other. */
interface Half {
  client: SpanFacts | undefined
  server: SpanFacts | undefined
  connectionType: ConnectionType
  expiresMs: number
}

export interface ServiceGraphLimits {
  maxPending: number
  maxEdges: number
  /** Exporters send in batches, so the two sides of a call arrive seconds apart. */
  pendingMs: number
}

export const DEFAULT_SERVICE_GRAPH_LIMITS: ServiceGraphLimits = { maxPending: 20_000, maxEdges: 200, pendingMs: 10_000 }

const EXPIRE_MS = 15 * 60 * 1000
/** The caller of a root span that serves: whoever stands outside. */
const USER = 'user'

export class ServiceGraph {
  private readonly edgesByKey = new Map<string, Edge>()
  private readonly pending = new Map<string, Half>()
  private readonly limits: ServiceGraphLimits
  /** Edges for which there was no room. */
  refusedEdges = 0

  constructor(limits: Partial<ServiceGraphLimits> = {}) {
    this.limits = { ...DEFAULT_SERVICE_GRAPH_LIMITS, ...limits }
  }

  get pendingCount(): number {
    return this.pending.size
  }

  observe(span: SpanFacts, nowMs: number): void {
    if (span.kind === KIND_CLIENT || span.kind === KIND_PRODUCER) this.observeClient(span, nowMs)
    else if (span.kind === KIND_SERVER || span.kind === KIND_CONSUMER) this.observeServer(span, nowMs)
  }

  edges(): Iterable<Edge> {
    return this.edgesByKey.values()
  }

  /** Gives up on pairs whose other side has not come, and forgets edges that nobody used for a quarter of an hour. */
  expire(nowMs: number): void {
    // In order of arrival, and so of expiry.
    for (const [key, half] of this.pending) {
      if (half.expiresMs > nowMs) break
      this.pending.delete(key)
      this.settleUnpaired(half, nowMs)
    }
    for (const [key, edge] of this.edgesByKey) if (nowMs - edge.lastSeenMs > EXPIRE_MS) this.edgesByKey.delete(key)
  }

  private observeClient(span: SpanFacts, nowMs: number): void {
    if (span.database !== '') {
      // A database sends no spans of its own: the caller's stands for both.
      this.complete(span.service, span.database, 'database', span, span, nowMs)
      return
    }
    const connectionType = span.kind === KIND_PRODUCER ? 'messaging_system' : ''
    this.join(`${span.traceId}${span.spanId}`, { client: span, connectionType }, nowMs)
  }

  private observeServer(span: SpanFacts, nowMs: number): void {
    if (span.parentSpanId === '') {
      if (span.kind === KIND_SERVER) this.complete(USER, span.service, 'virtual_node', undefined, span, nowMs)
      return
    }
    const connectionType = span.kind === KIND_CONSUMER ? 'messaging_system' : ''
    this.join(`${span.traceId}${span.parentSpanId}`, { server: span, connectionType }, nowMs)
  }

  private join(key: string, side: Partial<Half> & { connectionType: ConnectionType }, nowMs: number): void {
    const half = this.pending.get(key)
    const client = side.client ?? half?.client
    const server = side.server ?? half?.server
    const connectionType = side.connectionType || (half?.connectionType ?? '')
    if (client && server) {
      this.pending.delete(key)
      this.complete(client.service, server.service, connectionType, client, server, nowMs)
      return
    }
    // A second span of the same side: a producer's message read twice, say. The first one waits on.
    if (half) return
    if (this.pending.size >= this.limits.maxPending) {
      const edge = this.edge(client?.service ?? '', server?.service ?? '', connectionType, nowMs)
      if (edge) edge.dropped++
      return
    }
    this.pending.set(key, { client, server, connectionType, expiresMs: nowMs + this.limits.pendingMs })
  }

  private settleUnpaired({ client, server, connectionType }: Half, nowMs: number): void {
    // The callee never saw the request, or does not trace; the caller knows at least whom it meant.
    if (client && client.peer !== '' && connectionType === '') {
      this.complete(client.service, client.peer, 'virtual_node', client, undefined, nowMs)
    }
    const edge = this.edge(client?.service ?? '', server?.service ?? '', connectionType, nowMs)
    if (edge) edge.unpaired++
  }

  private complete(
    clientName: string,
    serverName: string,
    connectionType: ConnectionType,
    client: SpanFacts | undefined,
    server: SpanFacts | undefined,
    nowMs: number,
  ): void {
    const edge = this.edge(clientName, serverName, connectionType, nowMs)
    if (!edge) return
    edge.requests++
    if (client?.statusCode === STATUS_ERROR || server?.statusCode === STATUS_ERROR) edge.failed++
    if (client) edge.clientSeconds.observe(client.durationMs / 1000, exemplarOf(client))
    if (server) edge.serverSeconds.observe(server.durationMs / 1000, exemplarOf(server))
  }

  private edge(client: string, server: string, connectionType: ConnectionType, nowMs: number): Edge | undefined {
    const key = `${client}\n${server}\n${connectionType}`
    let edge = this.edgesByKey.get(key)
    if (!edge) {
      if (this.edgesByKey.size >= this.limits.maxEdges) {
        this.refusedEdges++
        return undefined
      }
      edge = {
        labels: { client, server, connection_type: connectionType },
        clientSeconds: new Histogram(REQUEST_DURATION_BOUNDS),
        serverSeconds: new Histogram(REQUEST_DURATION_BOUNDS),
        requests: 0,
        failed: 0,
        unpaired: 0,
        dropped: 0,
        lastSeenMs: nowMs,
      }
      this.edgesByKey.set(key, edge)
    }
    edge.lastSeenMs = nowMs
    return edge
  }
}

function exemplarOf({ traceId, spanId, durationMs, endMs }: SpanFacts): HistogramExemplar {
  return { traceId, spanId, value: durationMs / 1000, timestampMs: endMs }
}
