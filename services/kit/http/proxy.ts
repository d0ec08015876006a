// What nodes that pass requests on share: which headers travel, what may be repeated, and how no answer becomes a problem document.
// It refuses to decide where a request goes.
import type { IncomingHttpHeaders } from 'node:http'
import type { Request, Response } from 'express'
import { type Caller, CallFailure, type CallRequest, type CallResponse } from '../calls/caller.ts'
import { DEADLINE_HEADER } from './deadline.ts'
import { HttpError } from './errors.ts'

/** Set on a proxy's own answer when it reached nobody who could have worked on the request; names the kind it tried to reach. */
export const UNREACHABLE_HEADER = 'x-origin-unreachable'

/** Names the region whose edge answered. */
export const SERVED_BY_HEADER = 'x-served-by-region'

/** Of one connection only, with those that `Connection` names. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
/** Each hop makes these anew: where the request goes, how long it may take, which span it belongs to. */
const ofEachRequest = ['host', 'content-length', 'expect', DEADLINE_HEADER, 'traceparent', 'tracestate', 'baggage']
const ofEachResponse = ['content-length', 'traceresponse', 'x-trace-id']

const requestBlocklist = new Set([...hopByHop, ...ofEachRequest])
const responseBlocklist = new Set([...hopByHop, ...ofEachResponse])

type ResponseHeaders = CallResponse['headers']

/** The headers of a request that travel on, by lower-case names. */
export function requestHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const named = namedByConnection(headers.connection)
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || requestBlocklist.has(name) || named.has(name)) continue
    kept[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return kept
}

/** The headers of an answer that travel back. */
export function responseHeaders(headers: ResponseHeaders): ResponseHeaders {
  const { connection } = headers
  const named = namedByConnection(Array.isArray(connection) ? connection.join(',') : connection)
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !responseBlocklist.has(name) && !named.has(name)),
  )
}

function namedByConnection(connection: string | undefined): Set<string> {
  if (!connection) return new Set()
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()))
}

/** Whether sending the request twice has the effect of sending it once: by its method, or by the key that makes it so. */
export function isRepeatable(method: string, headers: IncomingHttpHeaders): boolean {
  return ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'].includes(method) || headers['idempotency-key'] !== undefined
}

/** The call that passes `request` on unchanged. Throws a 400 for a target that is not a path (`*`, or a whole URL). */
export function toCall(request: Request): CallRequest & { headers: Record<string, string> } {
  const { method, originalUrl: path } = request
  if (!path.startsWith('/')) throw new HttpError(400, 'bad_path', 'the request target must be a path')
  return {
    method,
    path,
    // A proxy's routes are patterns such as /api/*path.
    route: request.route.path,
    headers: requestHeaders(request.headers),
    ...(Buffer.isBuffer(request.body) ? { body: request.body } : {}),
    idempotent: isRepeatable(method, request.headers),
  }
}

/** Calls, and turns a call without an answer into an `HttpError`: 504 when time ran out, 502 when the connection broke, else 503. */
export async function forward(caller: Caller, call: CallRequest): Promise<CallResponse> {
  try {
    return await caller.call(call)
  } catch (error) {
    throw error instanceof CallFailure ? toHttpError(error) : error
  }
}

function toHttpError(failure: CallFailure): HttpError {
  const { reason, callee, message } = failure
  if (reason === 'timeout' || reason === 'cancelled') {
    return new HttpError(504, 'deadline_exceeded', message, { cause: failure })
  }
  const unreachable = reason === 'no_endpoint' || reason === 'connect' || reason === 'reset'
  const headers = unreachable ? { [UNREACHABLE_HEADER]: callee } : {}
  const status = reason === 'reset' || reason === 'body_too_large' ? 502 : 503
  return new HttpError(status, status === 502 ? 'callee_failed' : 'callee_unavailable', message, {
    cause: failure,
    headers,
  })
}

/**
 * Sends an answer on. A conditional request whose validators match becomes a 304, and HEAD gets no body, as express has it;
 * `headers` have passed `responseHeaders` before.
 */
export function sendAnswer(
  response: Response,
  answer: { status: number; headers: ResponseHeaders; body: Buffer },
): void {
  response.status(answer.status)
  // Node's own setter: express would add a charset to the content type.
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value)
  // The body that a HEAD would have had is not known here, and neither is its length.
  if (response.req.method === 'HEAD' && answer.body.length === 0) response.end()
  else response.send(answer.body)
}
