// The answer to a request that is not worked on: a problem document like any other, made without the app.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { traceResponse } from '../../../../otel/sdk/trace-response.ts'
import { toProblem } from '../error-response.ts'
import { HttpError } from '../errors.ts'

export type Refusal =
  | { kind: 'overloaded' }
  | { kind: 'too_late' }
  /** `waitMs`: after that the source may try again. */
  | { kind: 'rate_limited'; waitMs: number }

export function sendRefusal(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  if (response.closed || response.headersSent) return
  const error = toError(refusal)
  const ids = traceResponse()
  response.writeHead(error.status, {
    ...error.headers,
    'content-type': 'application/problem+json; charset=utf-8',
    ...(ids ? { traceresponse: ids.traceResponse, 'x-trace-id': ids.traceId } : {}),
  })
  response.end(JSON.stringify(toProblem(error)))
  // Its body is not wanted; the connection is.
  request.resume()
}

function toError(refusal: Refusal): HttpError {
  switch (refusal.kind) {
    case 'overloaded':
      return new HttpError(503, 'overloaded', 'this node has more to do than it can', {
        headers: { 'retry-after': '1' },
      })
    case 'too_late':
      return new HttpError(504, 'deadline_exceeded', 'the deadline passed while the request waited for its turn')
    case 'rate_limited':
      return new HttpError(429, 'rate_limited', 'there are more requests from here than are allowed', {
        headers: { 'retry-after': String(Math.ceil(refusal.waitMs / 1_000)) },
      })
  }
}
