// A cache before one kind of read: entries with a lifetime each, and one load for all who ask at the same time.
import { LRUCache } from 'lru-cache'
import type { Metrics } from '../../otel/sdk/metrics/instruments.ts'
import { type CacheResult, createCacheMeter } from '../kit/cache-meter.ts'
import { withoutScope } from '../kit/http/deadline.ts'
import { withTimeLimit } from '../kit/http/time-limit.ts'
import type { LivePolicy } from '../kit/policies/kind-policy.ts'

/** What a shared query may take: it belongs to no single request, so no single request's deadline cuts it. */
const LOAD_MS = 2_000

export type ReadCacheOptions<V> = {
  /** As the metrics have it. */
  name: string
  /** Entries at most. */
  max: number
  /** The lifetime of an entry that is made now. */
  ttlMs: () => number
  load: (key: string) => Promise<V>
  policy: LivePolicy
  /** A monotonic clock in ms. */
  nowMs: () => number
  metrics: Metrics
}

export type ReadCache<V> = {
  /** The entry, loaded when there is none. Rejects as `load` does. */
  fetch(key: string): Promise<V>
  /** The entry when there is one; counts nothing. */
  get(key: string): V | undefined
  set(key: string, value: V): void
  count(result: CacheResult): void
  /** Forgets all entries; loads that are under way go on. */
  clear(): void
}

export function createReadCache<V extends object>(options: ReadCacheOptions<V>): ReadCache<V> {
  const { name, max, ttlMs, load, policy, nowMs, metrics } = options
  const entries = new LRUCache<string, V>({
    max,
    perf: { now: nowMs },
    // An entry that somebody leaves while it is being loaded, or for want of room, takes nothing from those who wait for the load.
    ignoreFetchAbort: true,
    fetchMethod(key, _stale, { options: entry }) {
      entry.ttl = ttlMs()
      return withoutScope(() => withTimeLimit(LOAD_MS, () => load(key)))
    },
  })
  const meter = createCacheMeter(metrics, name)
  meter.observe(() => ({ entries: entries.size }))
  const set = (key: string, value: V) => void entries.set(key, value, { ttl: ttlMs() })

  /** Whoever misses asks for himself. */
  async function fetchAlone(key: string): Promise<V> {
    const known = entries.get(key)
    meter.count(known ? 'hit' : 'miss')
    if (known) return known
    const value = await withTimeLimit(LOAD_MS, () => load(key))
    set(key, value)
    return value
  }

  function fetchTogether(key: string): Promise<V> {
    const status: LRUCache.Status<string, V> = {}
    const value = entries.forceFetch(key, { status })
    meter.count(resultOf(status.fetch))
    return value
  }

  return {
    fetch: (key) => (policy().singleFlight ? fetchTogether(key) : fetchAlone(key)),
    get: (key) => entries.get(key),
    set,
    count: meter.count,
    clear: () => {
      for (const key of [...entries.keys()]) if (entries.peek(key) !== undefined) entries.delete(key)
    },
  }
}

/** What is stale is loaded anew, and waited for. */
function resultOf(fetch: LRUCache.Status<string, object>['fetch']): CacheResult {
  if (fetch === 'hit') return 'hit'
  return fetch === 'inflight' ? 'coalesced' : 'miss'
}
