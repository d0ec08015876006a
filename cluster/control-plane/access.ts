// Who may talk to the control plane: a holder of the run's token, from a loopback name, and no web page of another origin.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { HttpError } from '../../services/kit/http/errors.ts'

export type AccessRules = {
  token: string
  /** Host names, without port, by which the control plane may be addressed. Others could be a rebound DNS name. */
  allowedHosts: readonly string[]
}

export const loopbackHosts = ['127.0.0.1', 'localhost', '[::1]'] as const

/** Says why a request is refused: 401 without the right token, 403 for a foreign host or origin; undefined when it is welcome. */
export function refusal(request: Pick<IncomingMessage, 'headers'>, rules: AccessRules): HttpError | undefined {
  const foreign = foreignness(request, rules)
  if (foreign) return foreign
  const [scheme = '', given = ''] = (request.headers.authorization ?? '').split(' ')
  if (scheme.toLowerCase() !== 'bearer' || !sameSecret(given, rules.token)) {
    return new HttpError(401, 'unauthorized', 'the run token is missing or wrong', {
      headers: { 'www-authenticate': 'Bearer realm="faultline"' },
    })
  }
  return undefined
}

/** 403 for a foreign host or origin, whatever the token; undefined when it is neither. */
export function foreignness(request: Pick<IncomingMessage, 'headers'>, rules: AccessRules): HttpError | undefined {
  const { host = '', origin } = request.headers
  if (!rules.allowedHosts.includes(hostName(host))) {
    return new HttpError(403, 'foreign_host', 'the Host header does not name this control plane')
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return new HttpError(403, 'foreign_origin', 'requests of web pages of another origin are refused')
  }
  return undefined
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase()
}

/** Compares in constant time; hashes first, because the comparison wants equal lengths. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
