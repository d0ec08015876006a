// Turns whatever a handler threw into one problem document (RFC 9457), and records it once. No stack trace leaves the node.
import { context, trace } from '@opentelemetry/api'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import type { Logger } from '../../../otel/sdk/logger.ts'
import { traceResponse } from '../../../otel/sdk/trace-response.ts'
import { HttpError, type Problem } from './errors.ts'
import { ScopeEnded } from './request-scope.ts'

/** The answer to a route that nobody declared. */
export const unknownRoute: RequestHandler = (request) => {
  throw new HttpError(404, 'unknown_route', `${request.method} ${request.path.slice(0, 200)} is not part of this API`)
}

export function errorResponse(log: Logger): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (error: unknown, _request, response, _next) => {
    const failure = toHttpError(error)
    if (failure.status >= 500) report(log, error, failure)
    if (response.headersSent || response.destroyed) {
      response.destroy()
      return
    }
    response.set(failure.headers).status(failure.status).type('application/problem+json').json(toProblem(failure))
  }
}

/** A failure of this node is recorded on its server span; one that a callee caused stands on the client span already. */
function report(log: Logger, error: unknown, failure: HttpError): void {
  if (error instanceof HttpError || error instanceof ScopeEnded) {
    log.warn({ code: failure.code, status: failure.status }, failure.message)
    return
  }
  const span = trace.getSpan(context.active())
  if (error instanceof Error) span?.recordException(error)
  log.error({ err: error }, 'request failed')
}

export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof ScopeEnded) return scopeEnded(error)
  const status = statusOfParser(error)
  if (status === 413) return new HttpError(413, 'body_too_large', 'the request body is larger than this API accepts')
  if (status !== undefined)
    return new HttpError(status, 'unreadable_body', 'the request body could not be read as JSON')
  if (error instanceof URIError) return new HttpError(400, 'bad_path', 'the path is not valid percent-encoding')
  return new HttpError(500, 'internal', 'this node failed to answer', { cause: error })
}

function scopeEnded(error: ScopeEnded): HttpError {
  if (error.code === 'timeout') return new HttpError(504, 'deadline_exceeded', error.message, { cause: error })
  // Nobody is there to read it; 499 is what proxies log for it.
  return new HttpError(499, 'client_gone', error.message, { cause: error })
}

/** express.json() throws errors with a 4xx `status` that are meant to be told to the client. */
function statusOfParser(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error) || !('expose' in error)) return undefined
  const { status } = error
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined
}

export function toProblem(failure: HttpError): Problem {
  const traceId = traceResponse()?.traceId
  const standard = {
    type: 'about:blank',
    title: failure.code.replaceAll('_', ' '),
    status: failure.status,
    code: failure.code,
    detail: failure.message,
    ...(failure.fields.length > 0 ? { errors: failure.fields } : {}),
    ...(traceId ? { traceId } : {}),
  }
  // Extensions stand behind the standard members and replace none.
  return { ...standard, ...failure.extensions, ...standard }
}
