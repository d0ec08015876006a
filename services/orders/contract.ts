// The HTTP API of `orders`: baskets, checkout and the orders that come of it.
import { z } from 'zod'
import { defineApi } from '../kit/http/api.ts'
import { Card, DeclineReason } from '../payments/contract.ts'
import { ProductId, ReadAfter, ReservationLine } from '../products/contract.ts'
import { UserId } from '../users/contract.ts'

export const OrderId = z.uuid()
export const IdempotencyKey = z.string().regex(/^[\w-]{8,64}$/, 'must be 8 to 64 letters, digits, _ or -')

export const BasketItem = z.object({ productId: ProductId, quantity: z.int().min(1).max(20) })
export const Basket = z.object({ items: z.array(BasketItem).max(30) })
export type Basket = z.infer<typeof Basket>

export const Address = z.object({
  name: z.string().trim().min(1).max(80),
  street: z.string().trim().min(1).max(120),
  city: z.string().trim().min(1).max(80),
  postalCode: z.string().trim().min(1).max(20),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be a two-letter country code'),
})
export type Address = z.infer<typeof Address>

export const RefusalReason = z.enum(['out_of_stock', 'unknown_product', 'interrupted', ...DeclineReason.options])
export type RefusalReason = z.infer<typeof RefusalReason>

/** `payment_pending`: the card is authorised and the stock reserved, but the ledger could not take the charge yet; it will, without the customer. */
export const OrderStatus = z.enum(['pending', 'payment_pending', 'confirmed', 'refused', 'shipped'])
export type OrderStatus = z.infer<typeof OrderStatus>

export const Order = z.object({
  id: OrderId,
  userId: UserId,
  status: OrderStatus,
  /** Set when the status is `refused`. */
  refusal: RefusalReason.nullable(),
  /** The product that was out of stock or unknown. */
  refusedProductId: ProductId.nullable(),
  lines: z.array(ReservationLine),
  totalCents: z.int(),
  currency: z.literal('USD'),
  createdAt: z.iso.datetime(),
  trackingNumber: z.string().nullable(),
  /** Send it as `x-read-after` to see this order's effects everywhere. */
  readAfter: ReadAfter.nullable(),
})
export type Order = z.infer<typeof Order>

/** Whether its outcome is yet to come. */
export function isOpen({ status }: Pick<Order, 'status'>): boolean {
  return status === 'pending' || status === 'payment_pending'
}

const UserParams = z.object({ userId: UserId })
const ItemParams = z.object({ userId: UserId, productId: ProductId })

export const Checkout = z.object({ card: Card, address: Address })
export type Checkout = z.infer<typeof Checkout>

export const ordersApi = defineApi({
  getBasket: {
    method: 'GET',
    path: '/baskets/:userId',
    summary: 'A customer’s basket',
    params: UserParams,
    response: Basket,
  },
  putBasketItem: {
    method: 'PUT',
    path: '/baskets/:userId/items/:productId',
    summary: 'Set how many of a product are in the basket',
    params: ItemParams,
    body: z.object({ quantity: z.int().min(1).max(20) }),
    response: Basket,
    otherResponses: { 409: 'The basket is full' },
  },
  deleteBasketItem: {
    method: 'DELETE',
    path: '/baskets/:userId/items/:productId',
    summary: 'Take a product out of the basket',
    params: ItemParams,
    response: Basket,
  },
  checkout: {
    method: 'POST',
    path: '/orders',
    summary: 'Order the basket; repeating it with the same key returns the same order',
    headers: z.object({ 'idempotency-key': IdempotencyKey }),
    body: Checkout.extend({ userId: UserId }),
    response: Order,
    idempotent: true,
    otherResponses: { 409: 'The basket is empty', 422: 'The idempotency key was used with another address' },
  },
  getOrder: {
    method: 'GET',
    path: '/orders/:orderId',
    summary: 'One order of a customer',
    params: z.object({ orderId: OrderId }),
    query: z.object({ userId: UserId }),
    response: Order,
    otherResponses: { 404: 'No such order of this customer' },
  },
  listOrders: {
    method: 'GET',
    path: '/orders',
    summary: 'A customer’s orders, newest first',
    query: z.object({ userId: UserId, limit: z.coerce.number().int().min(1).max(50).default(20) }),
    response: z.object({ items: z.array(Order) }),
  },
  boughtTogether: {
    method: 'GET',
    path: '/bought-together/:productId',
    summary: 'Products most often ordered together with this one',
    params: z.object({ productId: ProductId }),
    query: z.object({ limit: z.coerce.number().int().min(1).max(20).default(8) }),
    response: z.object({ items: z.array(z.object({ productId: ProductId, orders: z.int() })) }),
  },
  markShipped: {
    method: 'PUT',
    path: '/orders/:orderId/shipment',
    summary: 'Record that an order was shipped; repeating it has no further effect',
    params: z.object({ orderId: OrderId }),
    body: z.object({ trackingNumber: z.string().min(1).max(40) }),
    response: z.object({ kind: z.enum(['shipped', 'not_confirmed']) }),
  },
})
