// Starts a `recommendations` node.
import '../../otel/sdk/register.ts'
import { runNode } from '../kit/node.ts'
import { createOrdersClient } from '../orders/client.ts'
import { createProductsClient } from '../products/client.ts'
import { createApp } from './app.ts'

runNode('recommendations', ({ log, caller }) => ({
  app: createApp({
    products: createProductsClient(caller('products')),
    orders: createOrdersClient(caller('orders')),
    log,
  }),
}))
