// Who may talk to the console: a page of its own origin, from a loopback name, and nobody who was made to by another page.
// It decides on headers only; who holds a session is session.ts's business.
import type { IncomingMessage } from 'node:http'
import { Refusal } from './problem.ts'

export type AccessRules = {
  /** Names, without port, by which the console may be addressed. Others could be a rebound DNS name. */
  allowedHosts: readonly string[]
}

export const loopbackHosts = ['127.0.0.1', 'localhost', '[::1]'] as const

/** What no form, image or link of another page can send. Its value does not matter. */
export const GUARD_HEADER = 'x-faultline-console'

type Request = Pick<IncomingMessage, 'headers' | 'method'>

/** Why the request is refused for its Host header; undefined when it is welcome. */
export function hostRefusal({ headers }: Request, { allowedHosts }: AccessRules): Refusal | undefined {
  const name = (headers.host ?? '').replace(/:\d{1,5}$/, '').toLowerCase()
  if (allowedHosts.includes(name)) return undefined
  return new Refusal(403, 'foreign_host', `the console answers to ${allowedHosts.join(', ')} only`)
}

/**
 * Why the request is refused as one of another page: any that says it comes from elsewhere, and any but a GET or HEAD that lacks the
 * guard header or an origin. https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site
 */
export function originRefusal({ headers, method = 'GET' }: Request): Refusal | undefined {
  const site = headers['sec-fetch-site']
  const isRead = method === 'GET' || method === 'HEAD'
  const ownSite = site === undefined || site === 'same-origin' || (isRead && site === 'none')
  const ownOrigin = headers.origin === undefined || headers.origin === `http://${headers.host}`
  if (!ownSite || !ownOrigin) {
    return new Refusal(403, 'foreign_origin', 'requests of pages of another origin are refused')
  }
  if (isRead) return undefined
  if (headers[GUARD_HEADER] === undefined) {
    return new Refusal(403, 'unguarded', `whatever changes something needs the header ${GUARD_HEADER}`)
  }
  if (headers.origin === undefined && site === undefined) {
    return new Refusal(403, 'no_origin', 'whatever changes something needs an Origin or a Sec-Fetch-Site header')
  }
  return undefined
}
