// Takes confirmed orders from the queue and ships them: at least once each, with an effect exactly once.
import { currentCustomerRegion } from '../../otel/sdk/customer-region.ts'
import type { Logger } from '../../otel/sdk/logger.ts'
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import { defaultLivePolicy, type LivePolicy } from '../kit/policies/kind-policy.ts'
import { withConsumerSpan } from '../kit/queue/message-spans.ts'
import type { Message, Queue } from '../kit/queue/queue.ts'
import { createRepetitionMeter } from '../kit/repetition-meter.ts'
import type { OrdersClient } from '../orders/client.ts'
import { ORDER_CONFIRMED_QUEUE } from './contract.ts'
import { readMessage, trackingNumberOf } from './domain.ts'
import type { FulfilmentStore } from './store.ts'

export type ConsumerDeps = {
  queue: Pick<Queue, 'fetch' | 'complete' | 'fail'>
  store: FulfilmentStore
  orders: Pick<OrdersClient, 'markShipped'>
  /** Whether an order that is delivered twice is recognised. */
  policy?: LivePolicy
  log: Logger
  metrics?: Metrics
}

const BATCH = 10

/** Handles one batch of messages; returns how many there were. A message that fails is given back and harms no other. */
export async function consumeBatch({
  queue,
  store,
  orders,
  policy = defaultLivePolicy,
  log,
  metrics = noMetrics,
}: ConsumerDeps): Promise<number> {
  const shipments = metrics.counter({
    name: 'shop_shipments_total',
    help: 'Orders that were shipped',
    labels: ['customer_region'],
  })
  const repetitions = createRepetitionMeter(metrics, 'shipment')
  const messages = await queue.fetch(ORDER_CONFIRMED_QUEUE, BATCH)
  await Promise.all(messages.map(handle))
  return messages.length

  async function handle(message: Message): Promise<void> {
    const reading = readMessage(message.data)
    const carrier = reading.kind === 'order' ? reading.message.trace : {}
    await withConsumerSpan(ORDER_CONFIRMED_QUEUE, { ...message, carrier }, async () => {
      if (reading.kind === 'malformed') throw new Error(`malformed message: ${reading.reason}`)
      await ship(reading.message.orderId)
    }).then(
      () => queue.complete(ORDER_CONFIRMED_QUEUE, message.id),
      async (error: unknown) => {
        log.warn({ messageId: message.id, redeliveries: message.redeliveries, err: error }, 'delivery failed')
        await queue.fail(ORDER_CONFIRMED_QUEUE, message.id, error instanceof Error ? error.message : 'failed')
      },
    )
  }

  async function ship(orderId: string): Promise<void> {
    const record = policy().idempotency ? store.ship : store.shipAgain
    const { trackingNumber, isNew, isRepeated } = await record(orderId, trackingNumberOf(orderId))
    if (isRepeated) repetitions(isNew)
    if (isNew) shipments.add({ customer_region: currentCustomerRegion() })
    const { kind } = await orders.markShipped({ params: { orderId }, body: { trackingNumber } })
    if (kind !== 'shipped') throw new Error(`order ${orderId} is not confirmed`)
    log.info({ orderId, trackingNumber }, 'order shipped')
  }
}
