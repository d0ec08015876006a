// A short-lived cache before the catalogue's reads: many customers who look at one product cost one query every few seconds.
// A read that must see a certain write goes past it, and leaves what it found for the others.
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import { defaultLivePolicy, type LivePolicy } from '../kit/policies/kind-policy.ts'
import type { Category, Product, ProductPage } from './contract.ts'
import type { ListQuery } from './domain.ts'
import { createReadCache } from './read-cache.ts'
import type { ProductStore } from './store.ts'

/** Lifetimes in ms, from and to: entries that were made together must not all expire together. */
const PRODUCT_TTL_MS = [2_000, 5_000] as const
const CATEGORIES_TTL_MS = [30_000, 60_000] as const
type Lifetime = readonly [from: number, to: number]

const MAX_PRODUCTS = 2_000
const MAX_PAGES = 300

type Missing = { kind: 'missing' }
const missing: Missing = { kind: 'missing' }

export type CacheOptions = {
  /** Spreads the lifetimes; uniform in [0, 1). */
  random?: () => number
  /** A monotonic clock in ms. */
  nowMs?: () => number
  /** Whether loads are shared, and whether lifetimes are spread. */
  policy?: LivePolicy
  metrics?: Metrics
  /** Told of each cache, and how its entries all run out at once. */
  caches?: { watch(expire: () => void): void }
}

/** The store with its reads cached. */
export function cacheReads(
  store: ProductStore,
  {
    random = Math.random,
    nowMs = () => performance.now(),
    policy = defaultLivePolicy,
    metrics = noMetrics,
    caches,
  }: CacheOptions = {},
): ProductStore {
  const ttl = ([from, to]: Lifetime) => from + Math.round((policy().ttlJitter ? random() : 0.5) * (to - from))
  const cacheOf = <V extends object>(name: string, max: number, ttlMs: Lifetime, load: (key: string) => Promise<V>) => {
    const cache = createReadCache({ name, max, ttlMs: () => ttl(ttlMs), load, policy, nowMs, metrics })
    caches?.watch(cache.clear)
    return cache
  }

  const products = cacheOf<Product | Missing>(
    'products',
    MAX_PRODUCTS,
    PRODUCT_TTL_MS,
    async (id) => (await store.getProduct(id)) ?? missing,
  )
  const pages = cacheOf<ProductPage>('pages', MAX_PAGES, PRODUCT_TTL_MS, (key) => store.listProducts(JSON.parse(key)))
  const categories = cacheOf<Category[]>('categories', 1, CATEGORIES_TTL_MS, () => store.listCategories())

  const keep = (items: readonly Product[]) => {
    for (const item of items) products.set(item.id, item)
  }

  return {
    ...store,

    async listProducts(query, readAfter) {
      const key = keyOf(query)
      if (readAfter === undefined) return pages.fetch(key)
      pages.count('bypass')
      const page = await store.listProducts(query, readAfter)
      pages.set(key, page)
      return page
    },

    async getProducts(ids, readAfter) {
      const known = new Map(readAfter === undefined ? ids.map((id) => [id, products.get(id)]) : [])
      const unknown = ids.filter((id) => known.get(id) === undefined)
      for (const id of ids) products.count(readAfter !== undefined ? 'bypass' : known.get(id) ? 'hit' : 'miss')
      const loaded = unknown.length === 0 ? [] : await store.getProducts(unknown, readAfter)
      keep(loaded)
      for (const product of loaded) known.set(product.id, product)
      return ids.flatMap((id) => existing(known.get(id)) ?? [])
    },

    async getProduct(id, readAfter) {
      if (readAfter === undefined) return existing(await products.fetch(id))
      products.count('bypass')
      const product = await store.getProduct(id, readAfter)
      if (product) keep([product])
      return product
    },

    listCategories: () => categories.fetch('all'),
  }
}

function existing(entry: Product | Missing | undefined): Product | undefined {
  return entry === undefined || 'kind' in entry ? undefined : entry
}

/** Parses back into the query. */
function keyOf({ category, search, sort, limit, offset }: ListQuery): string {
  return JSON.stringify({ category, search, sort, limit, offset })
}
