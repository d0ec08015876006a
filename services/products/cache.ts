// A short-lived cache before the catalogue's reads: many customers who look at one product cost one query every few seconds.
// A read that must see a certain write goes past it, and leaves what it found for the others.
import { LRUCache } from 'lru-cache'
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import { type CacheMeter, type CacheResult, createCacheMeter } from '../kit/cache-meter.ts'
import { withoutScope } from '../kit/http/deadline.ts'
import { withTimeLimit } from '../kit/http/time-limit.ts'
import type { Category, Product, ProductPage } from './contract.ts'
import type { ListQuery } from './domain.ts'
import type { ProductStore } from './store.ts'

/** Lifetimes in ms, from and to: entries that were made together must not all expire together. */
const PRODUCT_TTL_MS = [2_000, 5_000] as const
const CATEGORIES_TTL_MS = [30_000, 60_000] as const
const MAX_PRODUCTS = 2_000
const MAX_PAGES = 300
/** What a shared query may take: it belongs to no single request, so no single request's deadline cuts it. */
const LOAD_MS = 2_000

type Missing = { kind: 'missing' }
const missing: Missing = { kind: 'missing' }

export type CacheOptions = {
  /** Spreads the lifetimes; uniform in [0, 1). */
  random?: () => number
  /** A monotonic clock in ms. */
  nowMs?: () => number
  metrics?: Metrics
}

/** The store with its reads cached. */
export function cacheReads(
  store: ProductStore,
  { random = Math.random, nowMs = () => performance.now(), metrics = noMetrics }: CacheOptions = {},
): ProductStore {
  const ttl = ([from, to]: readonly [number, number]) => from + Math.round(random() * (to - from))
  /** `fetch` runs `load` once for all who ask at the same time. */
  const cacheOf = <V extends object>(
    max: number,
    ttlMs: readonly [number, number],
    load: (key: string) => Promise<V>,
  ) =>
    new LRUCache<string, V>({
      max,
      perf: { now: nowMs },
      fetchMethod: (key, _stale, { options }) => {
        options.ttl = ttl(ttlMs)
        return withoutScope(() => withTimeLimit(LOAD_MS, () => load(key)))
      },
    })

  const products = cacheOf<Product | Missing>(
    MAX_PRODUCTS,
    PRODUCT_TTL_MS,
    async (id) => (await store.getProduct(id)) ?? missing,
  )
  const pages = cacheOf<ProductPage>(MAX_PAGES, PRODUCT_TTL_MS, (key) => store.listProducts(JSON.parse(key)))
  const categories = cacheOf<Category[]>(1, CATEGORIES_TTL_MS, () => store.listCategories())

  const meters = {
    products: createCacheMeter(metrics, 'products'),
    pages: createCacheMeter(metrics, 'pages'),
    categories: createCacheMeter(metrics, 'categories'),
  }
  meters.products.observe(() => ({ entries: products.size }))
  meters.pages.observe(() => ({ entries: pages.size }))
  meters.categories.observe(() => ({ entries: categories.size }))

  const keep = (items: readonly Product[]) => {
    for (const item of items) products.set(item.id, item, { ttl: ttl(PRODUCT_TTL_MS) })
  }

  return {
    ...store,

    async listProducts(query, readAfter) {
      const key = keyOf(query)
      if (readAfter === undefined) return fetchCounted(pages, key, meters.pages)
      meters.pages.count('bypass')
      const page = await store.listProducts(query, readAfter)
      pages.set(key, page, { ttl: ttl(PRODUCT_TTL_MS) })
      return page
    },

    async getProducts(ids, readAfter) {
      const known = new Map(readAfter === undefined ? ids.map((id) => [id, products.get(id)]) : [])
      const unknown = ids.filter((id) => known.get(id) === undefined)
      for (const id of ids) meters.products.count(readAfter !== undefined ? 'bypass' : known.get(id) ? 'hit' : 'miss')
      const loaded = unknown.length === 0 ? [] : await store.getProducts(unknown, readAfter)
      keep(loaded)
      for (const product of loaded) known.set(product.id, product)
      return ids.flatMap((id) => existing(known.get(id)) ?? [])
    },

    async getProduct(id, readAfter) {
      if (readAfter === undefined) return existing(await fetchCounted(products, id, meters.products))
      meters.products.count('bypass')
      const product = await store.getProduct(id, readAfter)
      if (product) keep([product])
      return product
    },

    listCategories: () => fetchCounted(categories, 'all', meters.categories),
  }
}

function fetchCounted<V extends object>(cache: LRUCache<string, V>, key: string, meter: CacheMeter): Promise<V> {
  const status: LRUCache.Status<string, V> = {}
  const value = cache.forceFetch(key, { status })
  meter.count(resultOf(status))
  return value
}

/** What is stale is loaded anew, and waited for. */
function resultOf({ fetch }: LRUCache.Status<string, object>): CacheResult {
  if (fetch === 'hit') return 'hit'
  return fetch === 'inflight' ? 'coalesced' : 'miss'
}

function existing(entry: Product | Missing | undefined): Product | undefined {
  return entry === undefined || 'kind' in entry ? undefined : entry
}

/** Parses back into the query. */
function keyOf({ category, search, sort, limit, offset }: ListQuery): string {
  return JSON.stringify({ category, search, sort, limit, offset })
}
