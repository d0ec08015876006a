// Builds Jaeger's JSON from a short notation, for tests.
import type { JaegerTrace } from '../jaeger.ts'

/** Times in ms from the trace's start. */
export type SpanNote = {
  id: string
  parent?: string
  /** `orders-1@na`; the service is what stands before the first hyphen. */
  node: string
  kind?: string
  operation: string
  at: number
  for: number
  tags?: Record<string, unknown>
  /** Ids of linked spans: `trace/span`. */
  links?: string[]
  exception?: { type: string; message: string }
  warnings?: string[]
}

export const START_MICROS = 1_732_314_612_345_678

export function jaegerTrace(traceID: string, notes: SpanNote[]): JaegerTrace {
  const nodes = [...new Set(notes.map((note) => note.node))]
  return {
    traceID,
    spans: notes.map((note) => ({
      spanID: note.id,
      operationName: note.operation,
      references: [
        ...(note.parent ? [{ refType: 'CHILD_OF', traceID, spanID: note.parent }] : []),
        ...(note.links ?? []).map((link) => {
          const [linked = '', spanID = ''] = link.split('/')
          return { refType: 'FOLLOWS_FROM', traceID: linked, spanID }
        }),
      ],
      startTime: START_MICROS + note.at * 1_000,
      duration: note.for * 1_000,
      tags: [
        ...(note.kind ? [{ key: 'span.kind', value: note.kind }] : []),
        ...Object.entries(note.tags ?? {}).map(([key, value]) => ({ key, value })),
      ],
      logs: note.exception
        ? [
            {
              timestamp: START_MICROS + (note.at + note.for) * 1_000,
              fields: [
                { key: 'event', value: 'exception' },
                { key: 'exception.type', value: note.exception.type },
                { key: 'exception.message', value: note.exception.message },
              ],
            },
          ]
        : [],
      processID: `p${nodes.indexOf(note.node)}`,
      warnings: note.warnings ?? null,
    })),
    processes: Object.fromEntries(
      nodes.map((node, index) => {
        const [instance = '', region] = node.split('@')
        const tags = [{ key: 'service.instance.id', value: instance }]
        if (region) tags.push({ key: 'cloud.region', value: region })
        return [`p${index}`, { serviceName: instance.split('-')[0] ?? '', tags }]
      }),
    ),
    warnings: null,
  }
}

const ok = { 'http.response.status_code': 200 }
const created = { 'http.response.status_code': 201 }
const declined = {
  'http.response.status_code': 402,
  'otel.status_code': 'ERROR',
  error: true,
  'otel.status_description': 'the card was declined: insufficient_funds',
}

/** A checkout whose card is declined, with the shape that the shop's traces have. */
export const checkout = jaegerTrace('4bf92f3577b34da6a3ce929d0e0e4736', [
  { id: 'r', node: 'load-1@global', kind: 'internal', operation: 'buy: checkout', at: 0, for: 412.4 },
  { id: 'a', parent: 'r', node: 'load-1@global', kind: 'client', operation: 'POST /api/checkout', at: 0.3, for: 411.8, tags: declined },
  { id: 'b', parent: 'a', node: 'frontdoor-1@global', kind: 'server', operation: 'POST', at: 1.1, for: 410.2, tags: created },
  { id: 'c', parent: 'b', node: 'frontdoor-1@global', kind: 'client', operation: 'POST /api/checkout', at: 1.4, for: 409.5, tags: created },
  { id: 'd', parent: 'c', node: 'edge-eu@eu', kind: 'server', operation: 'POST', at: 2.2, for: 408, tags: created },
  { id: 'e', parent: 'd', node: 'edge-eu@eu', kind: 'client', operation: 'POST /api/checkout', at: 2.6, for: 407.1, tags: created },
  { id: 'f', parent: 'e', node: 'gateway-eu@eu', kind: 'server', operation: 'POST /api/checkout', at: 3.4, for: 405.7, tags: created },
  { id: 'g', parent: 'f', node: 'gateway-eu@eu', kind: 'client', operation: 'POST /orders', at: 4.2, for: 404.3, tags: created },
  { id: 'h', parent: 'g', node: 'orders-2@na', kind: 'server', operation: 'POST /orders', at: 49.9, for: 312.6, tags: created },
  { id: 'i', parent: 'h', node: 'orders-2@na', kind: 'client', operation: 'INSERT orders', at: 50.8, for: 3.1 },
  { id: 'j', parent: 'h', node: 'orders-2@na', kind: 'client', operation: 'PUT /reservations/:orderId', at: 54.6, for: 21.5, tags: ok },
  { id: 'k', parent: 'j', node: 'products-na@na', kind: 'server', operation: 'PUT /reservations/:orderId', at: 55.5, for: 19.8, tags: ok },
  { id: 'l', parent: 'k', node: 'products-na@na', kind: 'client', operation: 'UPDATE products', at: 60.4, for: 0.4 },
  {
    id: 'm', parent: 'h', node: 'orders-2@na', kind: 'client', operation: 'PUT /charges/:orderId', at: 77, for: 201.2,
    tags: { 'error.type': 'timeout', 'otel.status_code': 'ERROR' },
    exception: { type: 'AttemptFailed', message: 'payments-1: no answer in 200 ms' },
  },
  { id: 'n', parent: 'h', node: 'orders-2@na', kind: 'client', operation: 'PUT /charges/:orderId', at: 290, for: 60, tags: { ...ok, 'http.request.resend_count': 1 } },
  { id: 'o', parent: 'n', node: 'payments-2@na', kind: 'server', operation: 'PUT /charges/:orderId', at: 291, for: 58.5, tags: ok },
  { id: 'p', parent: 'h', node: 'orders-2@na', kind: 'producer', operation: 'publish order-confirmed', at: 352, for: 2.2 },
  {
    id: 'q', parent: 'p', node: 'fulfilment-1@na', kind: 'consumer', operation: 'process order-confirmed', at: 361, for: 40,
    links: ['0af7651916cd43dd8448eb211c80319c/b7ad6b7169203331'],
  },
]) // biome-ignore format: a table
