// What `fulfilment` consumes from the queue, and its HTTP API: shipments and the dead letters that people must look at.
import { z } from 'zod'
import { defineApi } from '../kit/http/api.ts'
import { OrderId } from '../orders/contract.ts'

export const ORDER_CONFIRMED_QUEUE = 'order-confirmed'
export const DEAD_LETTER_QUEUE = 'order-confirmed-dead'

/** The message that `orders` puts into the queue, in the transaction that confirms the order. */
export const OrderConfirmed = z.object({
  orderId: OrderId,
  /** W3C trace context of the producer span: `traceparent`, `tracestate`, `baggage`. */
  trace: z.record(z.string(), z.string()),
})
export type OrderConfirmed = z.infer<typeof OrderConfirmed>

export const Shipment = z.object({ orderId: OrderId, trackingNumber: z.string(), shippedAt: z.iso.datetime() })
export type Shipment = z.infer<typeof Shipment>

export const DeadLetter = z.object({
  messageId: z.uuid(),
  /** The message as it was; malformed ones end here, too. */
  data: z.unknown(),
  deadAt: z.iso.datetime(),
})
export type DeadLetter = z.infer<typeof DeadLetter>

export const fulfilmentApi = defineApi({
  getShipment: {
    method: 'GET',
    path: '/shipments/:orderId',
    summary: 'The shipment of an order',
    params: z.object({ orderId: OrderId }),
    response: Shipment,
    otherResponses: { 404: 'Not shipped' },
  },
  listDeadLetters: {
    method: 'GET',
    path: '/dead-letters',
    summary: 'Messages that failed every delivery, oldest first',
    query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
    response: z.object({ items: z.array(DeadLetter), total: z.int() }),
  },
  redeliver: {
    method: 'POST',
    path: '/dead-letters/:messageId/redeliver',
    summary: 'Put a dead letter back into the queue',
    params: z.object({ messageId: z.uuid() }),
    response: z.object({ kind: z.literal('redelivered') }),
    status: 202,
    otherResponses: { 404: 'No such dead letter' },
  },
})
