// Starts an `orders` node.
import '../../otel/sdk/register.ts'
import { DEAD_LETTER_QUEUE, ORDER_CONFIRMED_QUEUE } from '../fulfilment/contract.ts'
import { runNode } from '../kit/node.ts'
import { createQueue } from '../kit/queue/queue.ts'
import { repeat } from '../kit/repeat.ts'
import { createPaymentsClient } from '../payments/client.ts'
import { createProductsClient } from '../products/client.ts'
import { createApp } from './app.ts'
import { createCheckout } from './checkout.ts'
import { createOrdersStore } from './store.ts'

const SETTLE_EVERY_MS = 1_000
const MAX_DELIVERIES = 5

runNode('orders', (node) => {
  const { log, metrics, policy } = node
  const database = node.database()
  const queue = createQueue(database, 'producer', log, metrics)
  const store = createOrdersStore(database)
  const products = createProductsClient(node.caller('products'))
  const payments = createPaymentsClient(node.caller('payments'))
  const checkout = createCheckout({ store, products, payments, queue, policy, log, metrics })
  node.onClose(() => queue.close())
  return {
    app: createApp({ store, checkout, log }),
    async start() {
      const names = { name: ORDER_CONFIRMED_QUEUE, deadLetterName: DEAD_LETTER_QUEUE, maxDeliveries: MAX_DELIVERIES }
      await queue.install(names, 'fulfilment')
      node.onClose(repeat('settle abandoned orders', SETTLE_EVERY_MS, () => checkout.settleAbandoned(), log))
    },
  }
})
