// The catalogue and its stock over HTTP.
import type { Express } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import { notFound } from '../kit/http/errors.ts'
import { createRoutes } from '../kit/http/routes.ts'
import { createServiceApp } from '../kit/http/server.ts'
import { productsApi } from './contract.ts'
import type { ProductStore } from './store.ts'

export type ProductsDeps = { store: ProductStore; log: Logger }

export function createApp({ store, log }: ProductsDeps): Express {
  const routes = createRoutes(productsApi, {
    listProducts: ({ query, headers }) => store.listProducts(query, headers['x-read-after']),

    getProducts: async ({ query, headers }) => ({
      items: await store.getProducts(query.ids, headers['x-read-after']),
    }),

    async getProduct({ params: { productId }, headers }) {
      const product = await store.getProduct(productId, headers['x-read-after'])
      if (!product) throw notFound(`product ${productId}`)
      return product
    },

    listCategories: async () => ({ items: await store.listCategories() }),

    reserveStock: ({ params, body }) => store.reserveStock(params.orderId, body.items),

    async releaseStock({ params }) {
      await store.releaseStock(params.orderId)
      return { kind: 'released' as const }
    },
  })
  return createServiceApp({ log, routes })
}
