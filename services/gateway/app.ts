// The shop's public API: verifies sessions, sets deadlines, and puts each answer together from the services behind it.
// It keeps no state, and writes no body into a log or a span: they hold passwords and cards.
import { type Express, type RequestHandler, type Response, Router } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import { namedRoute } from '../kit/http/named-route.ts'
import { openApiDocument } from '../kit/http/openapi.ts'
import { createRoutes } from '../kit/http/routes.ts'
import { createServiceApp } from '../kit/http/server.ts'
import type { Sessions } from '../kit/sessions.ts'
import type { OrdersClient } from '../orders/client.ts'
import type { Order } from '../orders/contract.ts'
import type { ProductsClient } from '../products/client.ts'
import type { RecommendationsClient } from '../recommendations/client.ts'
import type { UsersClient } from '../users/client.ts'
import { gatewayApi } from './contract.ts'
import { checkoutAnswer, deadlinesMs, privateAnswer, publicRead } from './domain.ts'
import { aboutShop } from './openapi.ts'
import { createAuthentication } from './session.ts'

export type GatewayDeps = {
  products: ProductsClient
  users: UsersClient
  recommendations: RecommendationsClient
  orders: OrdersClient
  sessions: Sessions
  log: Logger
}

export function createApp({ products, users, recommendations, orders, sessions, log }: GatewayDeps): Express {
  const { check, customer } = createAuthentication(sessions)

  const routes = createRoutes(
    gatewayApi,
    {
      async browse({ query, headers }, { response }) {
        const page = await products.listProducts({ query, headers })
        markPublic(response, headers)
        return page
      },
      async search({ query: { q, ...query }, headers }, { response }) {
        const page = await products.listProducts({ query: { ...query, search: q }, headers })
        markPublic(response, headers)
        return page
      },
      async categories(_, { response }) {
        const categories = await products.listCategories({})
        markPublic(response, {})
        return categories
      },
      async product({ params, headers }, { response }) {
        const product = await products.getProduct({ params, headers })
        markPublic(response, headers)
        return product
      },
      async recommendations({ params, query }, { response }) {
        const found = await recommendations.recommend({ query: { ...params, ...query } })
        markPublic(response, {})
        return found
      },

      signUp: ({ body }) => users.signUp({ body }),
      logIn: ({ body }) => users.logIn({ body }),
      me: (_, { request }) => users.getUser({ params: { userId: customer(request).id } }),

      basket: (_, { request }) => orders.getBasket({ params: { userId: customer(request).id } }),
      async putBasketItem({ params: { productId }, body }, { request }) {
        // Asked for its 404 only: a basket takes any product id.
        await products.getProduct({ params: { productId }, headers: {} })
        return orders.putBasketItem({ params: { userId: customer(request).id, productId }, body })
      },
      deleteBasketItem: ({ params: { productId } }, { request }) =>
        orders.deleteBasketItem({ params: { userId: customer(request).id, productId } }),

      async checkout({ headers, body }, { request, response }) {
        const order = await orders.checkout({ headers, body: { ...body, userId: customer(request).id } })
        const answer = checkoutAnswer(order)
        if (answer.kind === 'refused') throw answer.error
        response.status(answer.status).location(answer.location)
        return withPosition(order, response)
      },
      orders: ({ query }, { request }) => orders.listOrders({ query: { userId: customer(request).id, ...query } }),
      async order({ params }, { request, response }) {
        const order = await orders.getOrder({ params, query: { userId: customer(request).id } })
        return withPosition(order, response)
      },
    },
    { before: check },
  )

  const app = createServiceApp({
    log,
    routes: Router().use(privateByDefault).use(documentation()).use(routes),
    maxDeadlineMs: ({ method, path }) =>
      method === gatewayApi.checkout.method && path === gatewayApi.checkout.path
        ? deadlinesMs.checkout
        : deadlinesMs.other,
  })
  app.set('etag', 'strong')
  return app
}

const privateByDefault: RequestHandler = (_request, response, next) => {
  response.set(privateAnswer)
  next()
}

/** Only once there is an answer: an error is nobody else's business. */
function markPublic(response: Response, headers: { 'x-read-after'?: string | undefined }): void {
  if (headers['x-read-after'] === undefined) response.set(publicRead)
}

/** Tells the customer what to send as `x-read-after`, to see the order's effects. */
function withPosition(order: Order, response: Response): Order {
  if (order.readAfter !== null) response.set('x-read-after', order.readAfter)
  return order
}

function documentation(): Router {
  let document: object | undefined
  return Router()
    .get('/api', namedRoute('/api'), (_request, response) => response.redirect('/api/openapi.json'))
    .get('/api/openapi.json', namedRoute('/api/openapi.json'), (_request, response) => {
      document ??= openApiDocument(gatewayApi, aboutShop)
      response.set({ 'cache-control': 'public, max-age=300' }).json(document)
    })
}
