// Limits how many requests each source may make. It knows a bounded number of sources; the one that was quiet for longest is forgotten.
import type { IncomingMessage } from 'node:http'
import { LRUCache } from 'lru-cache'
import { CALLER_HEADER } from '../../calls/caller.ts'
import type { KindPolicy } from '../../policies/kind-policy.ts'
import { fullBucket, type TokenBucket, takeToken } from './token-bucket.ts'

const MAX_SOURCES = 10_000

export type RateLimitPolicy = Pick<KindPolicy, 'rateLimitBy' | 'rateLimitPerS' | 'rateLimitBurst'>

type Source = Pick<IncomingMessage, 'headers' | 'url'>

export class RateLimiter {
  readonly #buckets = new LRUCache<string, TokenBucket>({ max: MAX_SOURCES })

  /** 0 when the request may pass, else after how many ms the next one may. */
  take(request: Source, policy: RateLimitPolicy, nowMs: number): number {
    const source = `${policy.rateLimitBy} ${sourceOf(request, policy.rateLimitBy)}`
    let bucket = this.#buckets.get(source)
    if (!bucket) {
      bucket = fullBucket(policy, nowMs)
      this.#buckets.set(source, bucket)
    }
    return takeToken(bucket, policy, nowMs)
  }
}

/** Who makes the request; what it says of itself is good enough among friends. Kept in memory only. */
export function sourceOf({ headers, url = '' }: Source, by: KindPolicy['rateLimitBy']): string {
  switch (by) {
    case 'caller':
      return first(headers[CALLER_HEADER]) ?? ''
    case 'customer':
      return headers.authorization ?? first(headers['x-customer-region']) ?? ''
    case 'path':
      return url.split('?', 1)[0]?.split('/', 3).join('/') ?? ''
    case 'all':
      return ''
  }
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
