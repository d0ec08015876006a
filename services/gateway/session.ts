// Who is asking: verifies the bearer token of a request, without asking another node.
import type { Request } from 'express'
import type { EndpointSpec } from '../kit/http/api.ts'
import { HttpError } from '../kit/http/errors.ts'
import type { Sessions, SessionUser } from '../kit/sessions.ts'

export type Authentication = {
  /** For endpoints that need a session; throws a 401 with a challenge (RFC 6750) when the request has none that holds. */
  check(endpoint: EndpointSpec, request: Request): Promise<void>
  /** The customer of a request that was checked. */
  customer(request: Request): SessionUser
}

export function createAuthentication(sessions: Sessions): Authentication {
  const customers = new WeakMap<Request, SessionUser>()
  return {
    async check(endpoint, request) {
      if (!endpoint.authenticated) return
      const token = /^Bearer ([\w.~+/=-]+)$/i.exec(request.get('authorization') ?? '')?.[1]
      if (token === undefined) throw unauthorized('session_missing', 'this needs a session: log in first', '')
      const user = await sessions.verify(token)
      if (!user)
        throw unauthorized(
          'session_invalid',
          'the session is not valid any more: log in again',
          ', error="invalid_token"',
        )
      customers.set(request, user)
    },
    customer(request) {
      const user = customers.get(request)
      if (!user) throw new Error('an endpoint asks for its customer and is not marked as authenticated')
      return user
    },
  }
}

function unauthorized(code: string, message: string, parameters: string): HttpError {
  return new HttpError(401, code, message, { headers: { 'www-authenticate': `Bearer realm="faultline"${parameters}` } })
}
