// What metrics are made of: the few facts of a span that they need.

export interface SpanFacts {
  service: string
  name: string
  /** OTLP: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number
  /** OTLP: 0 unset, 1 ok, 2 error. */
  statusCode: number
  durationMs: number
  /** Milliseconds since the epoch. */
  endMs: number
  /** Lower-case hex; `parentSpanId` is empty for a root. */
  traceId: string
  spanId: string
  parentSpanId: string
  /** Of a client's span: the database called (`db.namespace`), or empty. */
  database: string
  /** Of a client's or producer's span: who was called as far as the caller knows (`peer.service`, `server.address`), or empty. */
  peer: string
}

export const KIND_SERVER = 2
export const KIND_CLIENT = 3
export const KIND_PRODUCER = 4
export const KIND_CONSUMER = 5
export const STATUS_ERROR = 2

/** Labels' values as the Collector writes them, by OTLP number. */
export const KIND_LABELS = [
  'SPAN_KIND_UNSPECIFIED',
  'SPAN_KIND_INTERNAL',
  'SPAN_KIND_SERVER',
  'SPAN_KIND_CLIENT',
  'SPAN_KIND_PRODUCER',
  'SPAN_KIND_CONSUMER',
] as const

export const STATUS_LABELS = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'] as const
