// What the edge decides about one request and one stored answer. Pure but for the clock inside http-cache-semantics.
import type CachePolicy from 'http-cache-semantics'
import type { CacheResult } from '../kit/cache-meter.ts'

/** What became of a request at the cache. https://www.rfc-editor.org/rfc/rfc9211 */
export type Verdict =
  | { kind: 'hit'; ttlS: number; detail?: 'stale-while-revalidate' | 'stale-if-error' }
  | { kind: 'forwarded'; why: ForwardReason; status?: number; stored?: boolean; collapsed?: boolean }

/** `bypass`: the cache was not asked; `request`: the request asked for an answer from the origin. */
export type ForwardReason = 'bypass' | 'method' | 'request' | 'uri-miss' | 'vary-miss' | 'stale'

export type CacheRequest = { method: string; url: string; headers: Record<string, string> }
export type OriginAnswer = { status: number; headers: Record<string, string | string[]>; body: Buffer }

/** Set by customers who must see what they have written: a position in the database's log, which no cached answer can promise. */
const READ_AFTER_HEADER = 'x-read-after'

/** Why a request goes past the cache, or undefined when the cache may answer it. */
export function bypassReason({ method, headers }: CacheRequest): ForwardReason | undefined {
  if (method !== 'GET' && method !== 'HEAD') return 'method'
  return headers[READ_AFTER_HEADER] === undefined ? undefined : 'request'
}

/**
 * Headers of a request whose answer is to be shared: without the customer's own validators and ranges, which would make it an
 * answer to this customer only.
 */
export function sharedHeaders(headers: Record<string, string>): Record<string, string> {
  const {
    range: _range,
    'if-range': _ifRange,
    'if-match': _ifMatch,
    'if-none-match': _ifNoneMatch,
    'if-modified-since': _ifModifiedSince,
    'if-unmodified-since': _ifUnmodifiedSince,
    ...shared
  } = headers
  return shared
}

/** Whether an answer may be stored and be of use: allowed by HTTP for a shared cache, and with a lifetime that the origin gave it. */
export function mayStore(policy: CachePolicy): boolean {
  return policy.storable() && policy.timeToLive() > 0
}

/** Whether an answer means that the origin is not able to work, so that a stored one may stand in. RFC 5861, section 4. */
export function isOriginError(status: number): boolean {
  return status === 500 || status === 502 || status === 503 || status === 504
}

/** Whether a stored answer is one to this request, be it stale. Never so when the origin forbids stale answers. */
export function answersRegardlessOfAge(policy: CachePolicy, request: CacheRequest): boolean {
  return policy.satisfiesWithoutRevalidation({
    ...request,
    headers: { ...request.headers, 'cache-control': 'max-stale' },
  })
}

/** Whether a stored answer may stand in while the origin is away: it is one to this request, and `stale-if-error` covers its age. */
export function mayServeOnError(policy: CachePolicy, request: CacheRequest): boolean {
  // Given an error, revalidation keeps the policy as it is exactly when the origin allowed for that.
  const covered = policy.revalidatedPolicy(request, { status: 503, headers: {} }).policy === policy
  return covered && answersRegardlessOfAge(policy, request)
}

/** Seconds until the stored answer is stale, negative since then. */
export function freshForS(policy: CachePolicy): number {
  return Math.round(policy.maxAge() - policy.age())
}

/** The `Cache-Status` header of this cache, for instance `edge-eu; hit; ttl=42`. */
export function cacheStatus(node: string, verdict: Verdict): string {
  const parts = [node]
  if (verdict.kind === 'hit') {
    parts.push('hit', `ttl=${verdict.ttlS}`)
    if (verdict.detail) parts.push(`detail=${verdict.detail}`)
  } else {
    parts.push(`fwd=${verdict.why}`)
    if (verdict.status !== undefined) parts.push(`fwd-status=${verdict.status}`)
    if (verdict.stored) parts.push('stored')
    if (verdict.collapsed) parts.push('collapsed')
  }
  return parts.join('; ')
}

/** How a verdict counts in the metrics. */
export function cacheResult(verdict: Verdict): CacheResult {
  if (verdict.kind === 'hit') return verdict.detail ? 'stale' : 'hit'
  if (verdict.why === 'bypass' || verdict.why === 'method' || verdict.why === 'request') return 'bypass'
  return verdict.collapsed ? 'coalesced' : 'miss'
}
