// Counts what becomes of the requests to a cache, whatever kind of cache it is.
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'

const results = ['hit', 'miss', 'stale', 'coalesced', 'bypass'] as const
/**
 * `stale`: answered with what is out of date; `coalesced`: waited for what somebody else fetches already; `bypass`: the cache could
 * not have answered.
 */
export type CacheResult = (typeof results)[number]

export type CacheMeter = {
  count(result: CacheResult): void
  /** Reads the cache's size at each scrape; `bytes` of one that is bounded in them. */
  observe(size: () => { entries: number; bytes?: number }): void
}

/** @param cache low-cardinality name, unique in its node */
export function createCacheMeter(metrics: Metrics, cache: string): CacheMeter {
  const requests = metrics.counter({
    name: 'faultline_cache_requests_total',
    help: 'Requests to a cache, by what became of them',
    labels: ['cache', 'result'],
  })
  for (const result of results) requests.add({ cache, result }, 0)
  return {
    count: (result) => requests.add({ cache, result }),
    observe(size) {
      if (metrics === noMetrics) return
      const labels = ['cache'] as const
      metrics.observeGauge({ name: 'faultline_cache_entries', help: 'Entries in a cache', labels }, () => [
        [{ cache }, size().entries],
      ])
      if (size().bytes === undefined) return
      metrics.observeGauge({ name: 'faultline_cache_size_bytes', help: 'Size of a cache', labels }, () => [
        [{ cache }, size().bytes ?? 0],
      ])
    },
  }
}
