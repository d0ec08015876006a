// An HTTP API as data: one table of endpoints serves the router (routes.ts), the typed client (client.ts) and the OpenAPI document.
// It refuses to know about transport: no express and no undici here.
import type { z } from 'zod'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export type EndpointSpec = {
  method: Method
  /** Express-style template, for instance `/products/:productId`; it is the `http.route` of the server span. */
  path: string
  summary: string
  params?: z.ZodObject
  query?: z.ZodObject
  /** Request headers that the endpoint reads, by their lower-case names. */
  headers?: z.ZodObject
  body?: z.ZodType
  /** The success body. */
  response: z.ZodType
  /** Success status; 200 when omitted. A handler may choose another that `otherResponses` documents. */
  status?: number
  /** Further outcomes worth documenting, by status. */
  otherResponses?: Record<number, string>
  /** True when sending the request twice has the effect of sending it once. Defaults to true for all but POST. */
  idempotent?: boolean
  /** True when a session is required; shown in the OpenAPI document. */
  authenticated?: boolean
}

export type Api = Record<string, EndpointSpec>

type Output<T, K extends string> = T extends { [P in K]: infer S extends z.ZodType }
  ? { [P in K]: z.output<S> }
  : unknown
type Input<T, K extends string> = T extends { [P in K]: infer S extends z.ZodType } ? { [P in K]: z.input<S> } : unknown

/** What a handler receives, parsed: only the parts that the endpoint declares. */
export type ParsedRequest<E extends EndpointSpec> = Output<E, 'params'> &
  Output<E, 'query'> &
  Output<E, 'headers'> &
  Output<E, 'body'>

/** What a caller passes: only the parts that the endpoint declares. */
export type RequestOf<E extends EndpointSpec> = Input<E, 'params'> &
  Input<E, 'query'> &
  Input<E, 'headers'> &
  Input<E, 'body'>

export type ResponseOf<E extends EndpointSpec> = z.output<E['response']>

/** Keeps the literal types of an API table, so that routers and clients are typed by it. */
export function defineApi<const T extends Api>(api: T): T {
  return api
}

export function isIdempotent(endpoint: EndpointSpec): boolean {
  return endpoint.idempotent ?? endpoint.method !== 'POST'
}
