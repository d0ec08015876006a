// The checkout: reserve, charge, confirm. Every step may be repeated, so a checkout that was cut off anywhere is finished later:
// by its customer's retry, which has the card, or by `settleAbandoned`, which asks `payments` for the outcome or forbids a charge.
import { randomUUID } from 'node:crypto'
import { trace } from '@opentelemetry/api'
import type { Logger } from '../../otel/sdk/logger.ts'
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import { ORDER_CONFIRMED_QUEUE } from '../fulfilment/contract.ts'
import { withoutScope } from '../kit/http/deadline.ts'
import { HttpError } from '../kit/http/errors.ts'
import { defaultLivePolicy, type LivePolicy } from '../kit/policies/kind-policy.ts'
import { currentTraceparent, withLinkedSpan, withProducerSpan } from '../kit/queue/message-spans.ts'
import type { Queue } from '../kit/queue/queue.ts'
import type { PaymentsClient } from '../payments/client.ts'
import type { Card } from '../payments/contract.ts'
import type { ProductsClient } from '../products/client.ts'
import { type Checkout, isOpen, type Order } from './contract.ts'
import { afterCharge, afterReservation, checkoutFingerprint, type Refusal, type Reservation } from './domain.ts'
import { createSalesMeter } from './sales-meter.ts'
import type { OrdersStore, PendingOrder } from './store.ts'

export type CheckoutDeps = {
  store: OrdersStore
  products: Pick<ProductsClient, 'reserveStock' | 'releaseStock'>
  payments: PaymentsClient
  queue: Pick<Queue, 'publish'>
  /** Whether a checkout that is repeated is recognised by its key. */
  policy?: LivePolicy
  log: Logger
  metrics?: Metrics
}

/** How many abandoned orders one turn takes up. */
const SETTLE_BATCH = 20

export type CheckoutService = ReturnType<typeof createCheckout>

export function createCheckout({
  store,
  products,
  payments,
  queue,
  policy = defaultLivePolicy,
  log,
  metrics = noMetrics,
}: CheckoutDeps) {
  const sales = createSalesMeter(metrics)

  /** Orders the customer's basket, or returns what the same key ordered before. A `pending` order's outcome is not known yet. */
  async function checkOut(userId: string, givenKey: string, { address, card }: Checkout): Promise<Order> {
    const key = policy().idempotency ? givenKey : randomUUID()
    const fingerprint = checkoutFingerprint(address)
    const begun = await store.begin({ userId, key, fingerprint, address, traceparent: currentTraceparent() })
    switch (begun.kind) {
      case 'empty_basket':
        throw new HttpError(409, 'basket_empty', 'there is nothing in the basket')
      case 'other_request':
        throw new HttpError(422, 'idempotency_key_reused', 'this idempotency key was used with another address')
      case 'existing':
        sales.repeated()
        if (!isOpen(begun.order) || !(await store.lease(begun.order.id))) return begun.order
        return attempt(begun.pending, card)
      case 'begun':
        return attempt(begun.order, card)
    }
  }

  /** Goes through the steps; when one gets no answer, the order stays pending and is given back. */
  async function attempt(order: PendingOrder, card: Card): Promise<Order> {
    trace.getActiveSpan()?.setAttribute('faultline.order.id', order.id)
    try {
      await reserveAndCharge(order, card)
    } catch (error) {
      if (!(error instanceof HttpError) || error.status < 500) throw error
      log.warn({ orderId: order.id, code: error.code }, 'checkout interrupted; the order stays pending')
      await withoutScope(() => store.unlease(order.id)).catch(() => undefined)
    }
    return load(order.id)
  }

  async function reserveAndCharge(order: PendingOrder, card: Card): Promise<void> {
    const params = { orderId: order.id }
    const reserved = afterReservation(await products.reserveStock({ params, body: { items: order.items } }))
    if (reserved.kind === 'refuse') return refuse(order, reserved)
    const { reservation } = reserved
    const charge = { amountCents: reservation.totalCents, currency: 'USD' as const, card }
    const charged = afterCharge(await payments.charge({ params, body: charge }))
    switch (charged.kind) {
      case 'confirm':
        return confirm(order, reservation)
      case 'wait':
        return wait(order)
      case 'refuse':
        return refuse(order, charged)
    }
  }

  /** `payments` completes the charge by itself; what is left is to ask for its outcome. */
  async function wait(order: PendingOrder): Promise<void> {
    await store.awaitPayment(order.id)
    log.info({ orderId: order.id }, 'payment pending')
  }

  async function confirm(order: PendingOrder, reservation: Reservation): Promise<void> {
    const messageId = randomUUID()
    const confirmed = await store.confirm(order, reservation, (transaction) =>
      withProducerSpan(ORDER_CONFIRMED_QUEUE, messageId, (carrier) =>
        queue.publish(transaction, ORDER_CONFIRMED_QUEUE, messageId, { orderId: order.id, trace: carrier }),
      ),
    )
    if (confirmed) sales.accepted(reservation.totalCents)
    log.info({ orderId: order.id, totalCents: reservation.totalCents }, 'order confirmed')
  }

  /** The stock goes back first: a refused order must hold none, and one that is cut off here is still pending. */
  async function refuse(order: PendingOrder, refusal: Refusal): Promise<void> {
    await products.releaseStock({ params: { orderId: order.id } })
    const refused = await store.refuse(order.id, refusal.reason, refusal.productId)
    if (refused) sales.refused(refusal.reason)
    log.info({ orderId: order.id, reason: refusal.reason }, 'order refused')
  }

  async function load(orderId: string): Promise<Order> {
    const order = await store.find(orderId)
    if (!order) throw new Error(`order ${orderId} vanished`)
    return order
  }

  /** Goes on with one order without its card: as charged when it was, otherwise refused, with any later charge forbidden. */
  async function settle(order: PendingOrder): Promise<void> {
    const params = { orderId: order.id }
    const charged = afterCharge(await payments.cancelCharge({ params }))
    if (charged.kind === 'refuse') return refuse(order, charged)
    if (charged.kind === 'wait') return wait(order)
    const reserved = afterReservation(await products.reserveStock({ params, body: { items: order.items } }))
    if (reserved.kind === 'refuse') throw new Error(`order ${order.id} is charged but its stock is ${reserved.reason}`)
    return confirm(order, reserved.reservation)
  }

  /** Finishes what was cut off; call it every second or so. Returns how many orders it finished. */
  async function settleAbandoned(): Promise<number> {
    const orders = await store.leaseAbandoned(SETTLE_BATCH)
    const settled = await Promise.allSettled(
      orders.map((order) => withLinkedSpan('settle order', order.traceparent, () => settle(order))),
    )
    for (const [index, outcome] of settled.entries()) {
      if (outcome.status === 'rejected') {
        log.warn({ orderId: orders[index]?.id, err: outcome.reason }, 'an abandoned order could not be settled yet')
      }
    }
    return settled.filter((outcome) => outcome.status === 'fulfilled').length
  }

  return { checkOut, settleAbandoned }
}
