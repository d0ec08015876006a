// Starts a `gateway` node.
import '../../otel/sdk/register.ts'
import { runNode } from '../kit/node.ts'
import { createOrdersClient } from '../orders/client.ts'
import { createProductsClient } from '../products/client.ts'
import { createRecommendationsClient } from '../recommendations/client.ts'
import { createUsersClient } from '../users/client.ts'
import { createApp } from './app.ts'

runNode('gateway', ({ log, caller, sessions }) => ({
  app: createApp({
    products: createProductsClient(caller('products')),
    users: createUsersClient(caller('users')),
    recommendations: createRecommendationsClient(caller('recommendations')),
    orders: createOrdersClient(caller('orders')),
    sessions: sessions(),
    log,
  }),
}))
