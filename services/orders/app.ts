// Routes of `orders`.
import type { Express } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import { HttpError, notFound } from '../kit/http/errors.ts'
import { createRoutes } from '../kit/http/routes.ts'
import { createServiceApp } from '../kit/http/server.ts'
import type { CheckoutService } from './checkout.ts'
import { ordersApi } from './contract.ts'
import type { OrdersStore } from './store.ts'

const MAX_BASKET_PRODUCTS = 30

export type OrdersDeps = { store: OrdersStore; checkout: Pick<CheckoutService, 'checkOut'>; log: Logger }

export function createApp({ store, checkout, log }: OrdersDeps): Express {
  const routes = createRoutes(ordersApi, {
    getBasket: async ({ params }) => ({ items: await store.basket(params.userId) }),
    putBasketItem: async ({ params, body }) => {
      const item = { productId: params.productId, quantity: body.quantity }
      if (!(await store.putBasketItem(params.userId, item, MAX_BASKET_PRODUCTS))) {
        throw new HttpError(409, 'basket_full', `a basket holds at most ${MAX_BASKET_PRODUCTS} products`)
      }
      return { items: await store.basket(params.userId) }
    },
    deleteBasketItem: async ({ params }) => {
      await store.deleteBasketItem(params.userId, params.productId)
      return { items: await store.basket(params.userId) }
    },
    checkout: ({ headers, body }) => checkout.checkOut(body.userId, headers['idempotency-key'], body),
    getOrder: async ({ params, query }) => {
      const order = await store.find(params.orderId)
      // Another customer's order is as absent as one that never was.
      if (order?.userId !== query.userId) throw notFound('this order')
      return order
    },
    listOrders: async ({ query }) => ({ items: await store.list(query.userId, query.limit) }),
    boughtTogether: async ({ params, query }) => ({
      items: await store.boughtTogether(params.productId, query.limit),
    }),
    markShipped: async ({ params, body }) => {
      const shipped = await store.markShipped(params.orderId, body.trackingNumber)
      return { kind: shipped ? ('shipped' as const) : ('not_confirmed' as const) }
    },
  })
  return createServiceApp({ log, routes })
}
