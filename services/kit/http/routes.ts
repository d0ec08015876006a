// An express router for an API table: parses and validates what the table declares, calls the handler, sends what it returns.
import { type Request, type Response, Router } from 'express'
import type { z } from 'zod'
import { setHttpRoute } from '../../../otel/sdk/http-route.ts'
import type { Api, EndpointSpec, ParsedRequest, ResponseOf } from './api.ts'
import { CHECKSUM_HEADER, checksumOf } from './checksum.ts'
import { untilScopeEnds } from './deadline.ts'
import { type FieldError, HttpError } from './errors.ts'
import { meetFate } from './fate.ts'

/** The express objects beside the parsed request, for the few handlers that set a header or another status. */
export type Exchange = { request: Request; response: Response }

export type HandlersOf<A extends Api> = {
  [K in keyof A]: (request: ParsedRequest<A[K]>, exchange: Exchange) => Promise<ResponseOf<A[K]>> | ResponseOf<A[K]>
}

type LooseHandler = (request: unknown, exchange: Exchange) => unknown

export type RouteOptions = {
  /** Runs before the request is looked at; what it throws is the answer. For authentication. */
  before?: (endpoint: EndpointSpec, request: Request) => Promise<void> | void
}

const parts = ['params', 'query', 'headers', 'body'] as const

/**
 * One route an endpoint; the compiler asks for every handler. A request that the table refuses is a 400 that names each field; one
 * whose handler is not done when its deadline passes is a 504.
 */
export function createRoutes<A extends Api>(api: A, handlers: HandlersOf<A>, options: RouteOptions = {}): Router {
  const router = Router({ caseSensitive: true })
  for (const [name, endpoint] of Object.entries(api)) {
    // HandlersOf makes the handler's parameter exactly what parseRequest returns for this endpoint.
    const handle = handlers[name] as unknown as LooseHandler
    const answer = async (request: Request, response: Response) => {
      setHttpRoute(endpoint.path)
      await options.before?.(endpoint, request)
      const parsed = parseRequest(endpoint, request)
      const fate = meetFate(request)
      if (fate) await fate
      response.status(endpoint.status ?? 200)
      return handle(parsed, { request, response })
    }
    router[methodName(endpoint)](endpoint.path, async (request, response) => {
      const body = await untilScopeEnds(answer(request, response))
      const text = JSON.stringify(body)
      if (text === undefined) response.json(body)
      else response.set(CHECKSUM_HEADER, checksumOf(text)).type('json').send(text)
    })
  }
  return router
}

function methodName(endpoint: EndpointSpec): 'get' | 'post' | 'put' | 'delete' {
  const names = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete' } as const
  return names[endpoint.method]
}

/** Throws a 400 problem that names every field at fault, or a 415 when a body is needed and none of JSON came. */
export function parseRequest(endpoint: EndpointSpec, request: Request): Record<string, unknown> {
  if (endpoint.body && !request.is('application/json')) {
    throw new HttpError(415, 'unsupported_media_type', 'the request needs a body of type application/json')
  }
  const parsed: Record<string, unknown> = {}
  const errors: FieldError[] = []
  for (const part of parts) {
    const schema = endpoint[part]
    if (!schema) continue
    const result = schema.safeParse(request[part])
    if (result.success) parsed[part] = result.data
    else errors.push(...fieldErrors(part, result.error))
  }
  if (errors.length > 0) {
    const summary = errors.map(({ field, message }) => `${field}: ${message}`).join('; ')
    throw new HttpError(400, 'invalid_request', summary.slice(0, 500), { fields: errors })
  }
  return parsed
}

/** At most ten; the input itself is never repeated, for it may hold a secret. */
function fieldErrors(part: string, error: z.ZodError): FieldError[] {
  return error.issues.slice(0, 10).map((issue) => {
    const path = issue.path.join('.')
    const field = part === 'body' ? path || 'body' : path || part
    return { field, message: issue.message }
  })
}
