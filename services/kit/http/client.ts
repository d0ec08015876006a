// A typed client for an API table: what a service's client.ts hands to its callers.
import { type Caller, CallFailure, type CallResponse } from '../calls/caller.ts'
import { type Api, type EndpointSpec, isIdempotent, type RequestOf, type ResponseOf } from './api.ts'
import { HttpError, Problem } from './errors.ts'

export type ClientOf<A extends Api> = {
  [K in keyof A]: (request: RequestOf<A[K]>) => Promise<ResponseOf<A[K]>>
}

type LooseRequest = {
  params?: Record<string, unknown>
  query?: Record<string, unknown>
  headers?: Record<string, unknown>
  body?: unknown
}

/**
 * Builds one function an endpoint. Each resolves to the body of a 2xx answer and throws `HttpError` otherwise: the callee's own
 * problem for a 4xx, `callee_failed` (502) for a 5xx, `callee_unavailable` (503) or `deadline_exceeded` (504) for no answer.
 */
export function createClient<A extends Api>(api: A, caller: Caller): ClientOf<A> {
  const entries = Object.entries(api).map(([name, endpoint]) => [
    name,
    (request: LooseRequest) => send(caller, endpoint, request),
  ])
  // The table's keys and types are the client's: what entries were built from above.
  return Object.fromEntries(entries) as ClientOf<A>
}

async function send(caller: Caller, endpoint: EndpointSpec, request: LooseRequest): Promise<unknown> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (value !== undefined) headers[name] = String(value)
  }
  if (request.body !== undefined) headers['content-type'] = 'application/json'
  const response = await caller
    .call({
      method: endpoint.method,
      path: fillPath(endpoint.path, request.params ?? {}) + queryString(request.query ?? {}),
      route: endpoint.path,
      headers,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      idempotent: isIdempotent(endpoint),
    })
    .catch(rethrowFailure)
  if (response.status >= 200 && response.status < 300) return parseJson(caller.callee, response)
  throw problemOf(caller.callee, response)
}

/** `/products/:productId` and `{ productId: 'a b' }` make `/products/a%20b`. */
export function fillPath(template: string, params: Record<string, unknown>): string {
  return template.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name]
    if (value === undefined) throw new Error(`path parameter ${name} of ${template} is missing`)
    return encodeURIComponent(String(value))
  })
}

function queryString(query: Record<string, unknown>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const item of Array.isArray(value) ? value : [value]) search.append(name, String(item))
  }
  return search.size === 0 ? '' : `?${search}`
}

function parseJson(callee: string, response: CallResponse): unknown {
  if (response.status === 204 || response.body.length === 0) return undefined
  try {
    return JSON.parse(response.body.toString('utf8'))
  } catch (cause) {
    throw new HttpError(502, 'callee_failed', `${callee} answered with something that is not JSON`, { cause })
  }
}

function problemOf(callee: string, response: CallResponse): HttpError {
  const { status } = response
  if (status < 400 || status >= 500) {
    const code = status === 504 ? 'deadline_exceeded' : 'callee_failed'
    return new HttpError(status === 503 || status === 504 ? status : 502, code, `${callee} answered ${status}`)
  }
  const problem = readProblem(response)
  return new HttpError(status, problem?.code ?? 'callee_refused', problem?.detail ?? `${callee} refused`, {
    ...(problem?.errors ? { fields: problem.errors } : {}),
  })
}

function readProblem(response: CallResponse): Problem | undefined {
  try {
    return Problem.safeParse(JSON.parse(response.body.toString('utf8'))).data
  } catch {
    return undefined
  }
}

function rethrowFailure(error: unknown): never {
  if (!(error instanceof CallFailure)) throw error
  const late = error.reason === 'timeout' || error.reason === 'cancelled'
  throw new HttpError(late ? 504 : 503, late ? 'deadline_exceeded' : 'callee_unavailable', error.message, {
    cause: error,
  })
}
