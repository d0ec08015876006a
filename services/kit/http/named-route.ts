// Express middleware for routes that stand in no API table.
import type { RequestHandler } from 'express'
import { setHttpRoute } from '../../../otel/sdk/http-route.ts'
import { meetFate } from './fate.ts'

/** Comes first on its route: names the server span of the requests that pass, and begins what follows; `pattern` is the route. */
export function namedRoute(pattern: string): RequestHandler {
  return (request, _response, next) => {
    setHttpRoute(pattern)
    const fate = meetFate(request)
    if (fate) fate.then(() => next(), next)
    else next()
  }
}
