// Sessions of the console, without a store: the link that a start prints holds a key made of the run's token, and is traded for a
// cookie that the server can verify by itself. Another run has another token, so no cookie outlives its run.
import { createHmac, timingSafeEqual } from 'node:crypto'

/** Seconds. */
const SESSION_LIFETIME_S = 12 * 3600

/** What the link's fragment carries. Whoever reads it learns nothing about the run's token. */
export function linkKey(runToken: string): string {
  return sign(runToken, 'faultline console link')
}

/** The address that opens the console, signed in: the fragment never leaves the browser by itself. */
export function consoleLink(url: string, runToken: string): string {
  return `${url}/#key=${linkKey(runToken)}`
}

export function isLinkKey(given: string, runToken: string): boolean {
  return same(given, linkKey(runToken))
}

/** The value of a cookie that is good for twelve hours. */
export function issueSession(runToken: string, nowMs: number): string {
  const expiresS = Math.floor(nowMs / 1000) + SESSION_LIFETIME_S
  return `${expiresS}.${sign(runToken, `faultline console session until ${expiresS}`)}`
}

export function isSession(cookie: string | undefined, runToken: string, nowMs: number): boolean {
  const [, expires = '', signature = ''] = /^(\d{1,12})\.([\w-]{43})$/.exec(cookie ?? '') ?? []
  if (Number(expires) * 1000 <= nowMs) return false
  return same(signature, sign(runToken, `faultline console session until ${expires}`))
}

/** `Set-Cookie` for a session. Cookies are shared by all ports of a host, so the name has the port. */
export function sessionCookie(value: string, host: string | undefined): string {
  return `${cookieName(host)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_LIFETIME_S}`
}

/** The session's cookie in a `Cookie` header; undefined when there is none. */
export function readSessionCookie(header: string | undefined, host: string | undefined): string | undefined {
  const name = cookieName(host)
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}

function cookieName(host: string | undefined): string {
  return `faultline_console_${/:(\d{1,5})$/.exec(host ?? '')?.[1] ?? '80'}`
}

function sign(token: string, text: string): string {
  return createHmac('sha256', token).update(text).digest('base64url')
}

/** In constant time; signed once more because the comparison wants equal lengths. */
function same(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'same').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
