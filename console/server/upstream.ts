// Hands a request on to one of the APIs behind the console and streams the answer back. It passes only headers that are named here,
// and never the console's own cookie.
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request as send } from 'node:http'
import { request as sendSecurely } from 'node:https'
import { pipeline } from 'node:stream'
import type { Request, Response } from 'express'
import { Refusal, sendProblem } from './problem.ts'

export type Upstream = {
  /** For messages: `Jaeger`. */
  name: string
  /** Base address; a path in it stays in front. */
  url: string
  /** Added to every request. */
  headers?: Record<string, string>
  /** Until the first byte of the answer. */
  timeoutMs: number
}

const requestHeaders = [
  'accept',
  'authorization',
  'baggage',
  'content-encoding',
  'content-type',
  'idempotency-key',
  'if-none-match',
  'traceparent',
  'tracestate',
  'x-customer-region',
  'x-read-after',
]

const answerHeaders = [
  'age',
  'cache-control',
  'cache-status',
  'content-encoding',
  'content-type',
  'etag',
  'location',
  'retry-after',
  'traceresponse',
  'vary',
  'warning',
  'x-read-after',
  'x-served-by-region',
]

/** Every connection of the console to what is behind it; `destroy` closes them. */
export function createAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 64, timeout: 120_000 })
}

/**
 * Sends `request` with `body` to `path` of the upstream. Always answers: 502 when nobody is there, 504 when nobody answers in time.
 * @param path with its query
 */
export function passOn(
  { request, response }: { request: Request; response: Response },
  upstream: Upstream,
  { path, body, agent }: { path: string; body: Buffer | undefined; agent: Agent },
): void {
  const base = new URL(upstream.url)
  const secure = base.protocol === 'https:'
  const outgoing = (secure ? sendSecurely : send)(
    {
      protocol: base.protocol,
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      path: base.pathname.replace(/\/$/, '') + path,
      method: request.method,
      headers: headersFor(request, upstream, body),
      ...(secure ? {} : { agent }),
    },
    (answer) => {
      clearTimeout(timer)
      response.status(answer.statusCode ?? 502)
      copyHeaders(answer, response)
      pipeline(answer, response, () => {})
    },
  )
  const timer = setTimeout(() => outgoing.destroy(new Refusal(504, 'timeout', '')), upstream.timeoutMs)
  response.once('close', () => {
    clearTimeout(timer)
    outgoing.destroy()
  })
  outgoing.once('error', (cause) => {
    clearTimeout(timer)
    if (response.headersSent || response.destroyed) return void response.destroy()
    const late = cause instanceof Refusal
    const what = late
      ? `${upstream.name} did not answer within ${upstream.timeoutMs / 1000} s`
      : `${upstream.name} does not answer at ${base.origin}`
    sendProblem(response, new Refusal(late ? 504 : 502, late ? 'upstream_timeout' : 'upstream_unreachable', what))
  })
  outgoing.end(body)
}

function headersFor(request: Request, upstream: Upstream, body: Buffer | undefined): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {}
  for (const name of requestHeaders) {
    const value = request.headers[name]
    if (value !== undefined) headers[name] = value
  }
  if (body !== undefined) headers['content-length'] = body.length
  return { ...headers, ...upstream.headers }
}

function copyHeaders(answer: IncomingMessage, response: Response): void {
  for (const name of answerHeaders) {
    const value = answer.headers[name]
    if (value !== undefined) response.setHeader(name, value)
  }
  if (answer.headers['cache-control'] === undefined) response.setHeader('cache-control', 'no-store')
  if (answer.headers['content-length'] !== undefined)
    response.setHeader('content-length', answer.headers['content-length'])
}
