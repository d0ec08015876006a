// A token bucket: how many requests a source may make at once, and how fast that comes back. Pure.
// https://en.wikipedia.org/wiki/Token_bucket

export type TokenBucket = { tokens: number; updatedAtMs: number }

export type BucketPolicy = { rateLimitPerS: number; rateLimitBurst: number }

/** A full one: a source that was quiet. */
export function fullBucket(policy: BucketPolicy, nowMs: number): TokenBucket {
  return { tokens: policy.rateLimitBurst, updatedAtMs: nowMs }
}

/** Takes one token, in place: this runs for every request. Returns 0, or after how many ms there will be one when there is none. */
export function takeToken(bucket: TokenBucket, policy: BucketPolicy, nowMs: number): number {
  const earned = (Math.max(0, nowMs - bucket.updatedAtMs) / 1_000) * policy.rateLimitPerS
  bucket.tokens = Math.min(bucket.tokens + earned, policy.rateLimitBurst)
  bucket.updatedAtMs = nowMs
  if (bucket.tokens < 1) return ((1 - bucket.tokens) / policy.rateLimitPerS) * 1_000
  bucket.tokens -= 1
  return 0
}
