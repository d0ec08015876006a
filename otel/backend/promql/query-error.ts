// The failures of a query, by the kinds that Prometheus's HTTP API names.

/** `bad_data` is the query's fault (400); the others arise while it runs (422, 503, 503). */
export type QueryErrorKind = 'bad_data' | 'execution' | 'timeout' | 'canceled'

export class QueryError extends Error {
  readonly kind: QueryErrorKind

  constructor(kind: QueryErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'QueryError'
    this.kind = kind
  }
}
