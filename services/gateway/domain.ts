// What an order means as the answer to a checkout, and which answers may be kept by others.
import { HttpError } from '../kit/http/errors.ts'
import type { Order, RefusalReason } from '../orders/contract.ts'

/**
 * Fresh for a moment, and for ten minutes better than an error. `x-read-after` asks to see a certain write: such a request
 * must not get what was kept from one without it.
 */
export const publicRead = { 'cache-control': 'public, max-age=5, stale-if-error=600', vary: 'x-read-after' }
export const privateAnswer = { 'cache-control': 'private, no-store' }

/** Milliseconds that a customer may wait at most. */
export const deadlinesMs = { checkout: 8_000, other: 3_000 }

type Refusal = { status: 402 | 409; message: string }

const refusals = {
  card_declined: { status: 402, message: 'the card was declined' },
  insufficient_funds: { status: 402, message: 'the card does not cover the amount' },
  expired_card: { status: 402, message: 'the card has expired' },
  invalid_number: { status: 402, message: 'the card number is not valid' },
  out_of_stock: { status: 409, message: 'a product is out of stock' },
  unknown_product: { status: 409, message: 'a product is not sold any more' },
  interrupted: { status: 409, message: 'the checkout was interrupted, and nothing was charged: order again' },
} as const satisfies Record<RefusalReason, Refusal>

export type CheckoutAnswer =
  | { kind: 'order'; status: 201 | 202; location: string }
  | { kind: 'refused'; error: HttpError }

export function checkoutAnswer(order: Order): CheckoutAnswer {
  const location = `/api/orders/${order.id}`
  switch (order.status) {
    case 'confirmed':
    case 'shipped':
      return { kind: 'order', status: 201, location }
    case 'pending':
    case 'payment_pending':
      return { kind: 'order', status: 202, location }
    case 'refused':
      return { kind: 'refused', error: refused(order) }
  }
}

function refused(order: Order): HttpError {
  const reason = order.refusal ?? 'interrupted'
  const { status, message } = refusals[reason]
  const product = order.refusedProductId
  return new HttpError(status, reason, product === null ? message : `${message}: ${product}`, {
    extensions: { orderId: order.id, ...(product === null ? {} : { productId: product }) },
  })
}
