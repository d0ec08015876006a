// A rate limit: so many at once, and so many a second in the long run.

export type TokenBucket = {
  /** Whether `amount` may pass now; takes it when it may. */
  take(amount: number): boolean
}

/**
 * @param capacity how much may pass at once
 * @param perSecond how fast it fills again
 */
export function createTokenBucket(capacity: number, perSecond: number, nowMs: () => number): TokenBucket {
  let tokens = capacity
  let filledAtMs = nowMs()
  return {
    take(amount) {
      const now = nowMs()
      tokens = Math.min(capacity, tokens + (Math.max(0, now - filledAtMs) / 1000) * perSecond)
      filledAtMs = now
      if (amount > tokens) return false
      tokens -= amount
      return true
    },
  }
}
