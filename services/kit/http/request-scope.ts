// Gives each request its deadline and its cancellation: the caller's remaining milliseconds, or this node's default.
import { setMaxListeners } from 'node:events'
import { trace } from '@opentelemetry/api'
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions'
import type { Request, RequestHandler } from 'express'
import { currentScope, DEADLINE_HEADER, withScope } from './deadline.ts'
import { HttpError } from './errors.ts'

/** What a request may take when its caller set no deadline. */
const DEFAULT_DEADLINE_MS = 10_000
const MAX_DEADLINE_MS = 60_000
/** What nginx made usual for a client that is gone; nobody receives it, but the span shows it. */
const CLIENT_CLOSED_REQUEST = 499

export type DeadlineOptions = {
  /** What a request may take when its caller set no deadline. */
  defaultMs?: number | undefined
  /** What a request may take at most, whatever its caller asked for. */
  maxMs?: ((request: Request) => number) | undefined
}

/** Why a request's work was cancelled; `code` becomes `error.type` of the client spans that it cuts. */
export class ScopeEnded extends Error {
  override readonly name = 'ScopeEnded'
  readonly code: 'timeout' | 'cancelled'

  constructor(code: 'timeout' | 'cancelled') {
    super(code === 'timeout' ? 'the deadline of the request has passed' : 'the client went away')
    this.code = code
  }
}

/** Express middleware: runs the rest of the request in a scope that ends with the deadline or with the client. */
export function requestScope({ defaultMs = DEFAULT_DEADLINE_MS, maxMs }: DeadlineOptions = {}): RequestHandler {
  return (request, response, next) => {
    // Whoever let it in has decided how long it goes on.
    if (currentScope()) return next()
    const askedMs = deadlineOf(request.get(DEADLINE_HEADER), defaultMs)
    const budgetMs = Math.min(askedMs, maxMs?.(request) ?? MAX_DEADLINE_MS)
    const abort = new AbortController()
    // As many calls and statements listen as the request makes.
    setMaxListeners(0, abort.signal)
    const timer = setTimeout(() => abort.abort(new ScopeEnded('timeout')), budgetMs)
    const span = trace.getActiveSpan()
    // Before the instrumentation's own listener, which reads the status.
    response.prependOnceListener('close', () => {
      clearTimeout(timer)
      if (response.writableEnded) return
      if (!response.headersSent) response.statusCode = CLIENT_CLOSED_REQUEST
      span?.setAttribute(ATTR_ERROR_TYPE, 'cancelled')
      abort.abort(new ScopeEnded('cancelled'))
    })
    withScope({ deadlineAtMs: performance.now() + budgetMs, signal: abort.signal }, next)
  }
}

/** Throws a 400 that names the header when it is not a whole number of ms, and a 504 when nothing is left. */
export function deadlineOf(header: string | undefined, defaultMs: number): number {
  if (header === undefined) return defaultMs
  if (!/^\d{1,9}$/.test(header)) {
    throw new HttpError(400, 'invalid_request', `${DEADLINE_HEADER} must be a whole number of milliseconds`, {
      fields: [{ field: DEADLINE_HEADER, message: 'must be a whole number of milliseconds' }],
    })
  }
  if (Number(header) === 0)
    throw new HttpError(504, 'deadline_exceeded', 'the deadline had passed when the request arrived')
  return Number(header)
}
