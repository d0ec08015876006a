// Express middleware for routes that stand in no API table.
import type { RequestHandler } from 'express'
import { setHttpRoute } from '../../../otel/sdk/http-route.ts'

/** Names the server span of the requests that pass; `pattern` is the route that it is used on. */
export function namedRoute(pattern: string): RequestHandler {
  return (_request, _response, next) => {
    setHttpRoute(pattern)
    next()
  }
}
