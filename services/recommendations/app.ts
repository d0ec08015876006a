// Recommendations over HTTP. Past orders are the better source and the one that it can do without: when `orders` is slow, fails or
// knows nothing, the answer comes from the product's category, and says so.
import type { Express } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import { HttpError, notFound } from '../kit/http/errors.ts'
import { ScopeEnded } from '../kit/http/request-scope.ts'
import { createRoutes } from '../kit/http/routes.ts'
import { createServiceApp } from '../kit/http/server.ts'
import { withTimeLimit } from '../kit/http/time-limit.ts'
import type { OrdersClient } from '../orders/client.ts'
import type { ProductsClient } from '../products/client.ts'
import { type Recommendations, recommendationsApi } from './contract.ts'
import { pickCompanions } from './domain.ts'

/** How long past orders are waited for. */
const ORDERS_LIMIT_MS = 300
/** Some candidates are sold out or gone by now. */
const SPARE_CANDIDATES = 4

export type RecommendationsDeps = {
  products: Pick<ProductsClient, 'getProducts' | 'listProducts'>
  orders: Pick<OrdersClient, 'boughtTogether'>
  log: Logger
}

export function createApp({ products, orders, log }: RecommendationsDeps): Express {
  /** Ids of products in past orders, best first; none when `orders` has no answer. */
  const boughtTogether = async (productId: string, limit: number): Promise<string[]> => {
    const request = { params: { productId }, query: { limit: limit + SPARE_CANDIDATES } }
    try {
      const { items } = await withTimeLimit(ORDERS_LIMIT_MS, () => orders.boughtTogether(request))
      return items.map((item) => item.productId)
    } catch (error) {
      if (!(error instanceof HttpError || error instanceof ScopeEnded)) throw error
      log.warn({ code: error.code }, 'orders did not answer; recommending from the category')
      return []
    }
  }

  const fromCategory = async (productId: string, category: string, limit: number): Promise<Recommendations> => {
    const { items } = await products.listProducts({
      query: { category, sort: '-rating', limit: limit + 1 },
      headers: {},
    })
    return { items: items.filter(({ id }) => id !== productId).slice(0, limit), source: 'category' }
  }

  const routes = createRoutes(recommendationsApi, {
    async recommend({ query: { productId, limit } }) {
      const ids = [productId, ...(await boughtTogether(productId, limit))]
      const { items: candidates } = await products.getProducts({ query: { ids: ids.join(',') }, headers: {} })
      const product = candidates.find(({ id }) => id === productId)
      if (!product) throw notFound(`product ${productId}`)
      const companions = pickCompanions(productId, candidates, limit)
      if (companions.length === 0) return fromCategory(productId, product.category, limit)
      return { items: companions, source: 'bought_together' as const }
    },
  })
  return createServiceApp({ log, routes })
}
