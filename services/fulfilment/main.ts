// Starts a `fulfilment` node.
import '../../otel/sdk/register.ts'
import { runNode } from '../kit/node.ts'
import { createQueue } from '../kit/queue/queue.ts'
import { repeat } from '../kit/repeat.ts'
import { createOrdersClient } from '../orders/client.ts'
import { createApp } from './app.ts'
import { consumeBatch } from './consumer.ts'
import { DEAD_LETTER_QUEUE, ORDER_CONFIRMED_QUEUE } from './contract.ts'
import { createFulfilmentStore } from './store.ts'

const POLL_EVERY_MS = 200

runNode('fulfilment', (node) => {
  const { log, metrics, policy, deliveries } = node
  const database = node.database()
  const queue = createQueue(database, 'consumer', log, metrics, deliveries)
  const store = createFulfilmentStore(database)
  const orders = createOrdersClient(node.caller('orders'))
  node.onClose(() => queue.close())
  return {
    app: createApp({ store, queue, log }),
    async start() {
      await queue.waitUntilInstalled(ORDER_CONFIRMED_QUEUE)
      const consume = async () => {
        while ((await consumeBatch({ queue, store, orders, policy, log, metrics })) > 0);
      }
      node.onClose(repeat('consume orders', POLL_EVERY_MS, consume, log))
      node.onClose(queue.observe(ORDER_CONFIRMED_QUEUE, DEAD_LETTER_QUEUE))
    },
  }
})
