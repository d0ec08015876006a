// What the caller of another node knows and the instrumentation of its HTTP client does not: the route's template, the replica
// chosen, the number of the attempt. Handed over through the OpenTelemetry context, read by the hooks in instrumentations.ts.
import { context, createContextKey, type SpanContext } from '@opentelemetry/api'

export type ClientAttempt = {
  method: string
  /** Template of the path, for instance `/products/:productId`; goes into `url.template` and the span's name. */
  route: string
  /** Kind of node called. */
  callee: string
  /** Replica chosen, for instance `orders-2`. */
  instance: string
  /** Where the replica listens: `server.port` of the span. */
  peerPort: number
  /** 0 for the first attempt. */
  resendCount: number
  /** The client span, once the request is being sent; set by the instrumentation. */
  span?: SpanContext
}

const attemptKey = createContextKey('faultline.client-attempt')

/** Runs `send`, whose one HTTP request becomes a client span that carries the attempt's attributes. */
export function withClientAttempt<T>(attempt: ClientAttempt, send: () => Promise<T>): Promise<T> {
  return context.with(context.active().setValue(attemptKey, attempt), send)
}

export function currentAttempt(): ClientAttempt | undefined {
  // Only withClientAttempt sets this key.
  return context.active().getValue(attemptKey) as ClientAttempt | undefined
}
