// The HTTP API of `payments`: at most one charge an order. Card data passes through memory only; a brand and four digits are all that is kept.
import { z } from 'zod'
import { defineApi } from '../kit/http/api.ts'

export const Card = z.object({
  number: z.string().regex(/^\d{12,19}$/, 'must be 12 to 19 digits'),
  expiryMonth: z.int().min(1).max(12),
  expiryYear: z.int().min(2000).max(2100),
  cvc: z.string().regex(/^\d{3,4}$/, 'must be 3 or 4 digits'),
})
export type Card = z.infer<typeof Card>

export const DeclineReason = z.enum(['card_declined', 'insufficient_funds', 'expired_card', 'invalid_number'])
export type DeclineReason = z.infer<typeof DeclineReason>

export const ChargeOutcome = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('charged'),
    chargeId: z.uuid(),
    amountCents: z.int(),
    cardBrand: z.string(),
    cardLast4: z.string(),
  }),
  /** Authorised, and not in the ledger yet: it will be charged, once, as soon as a majority of the ledger can be reached. */
  z.object({ kind: z.literal('pending') }),
  z.object({ kind: z.literal('declined'), reason: DeclineReason }),
  /** Cancelled before it was charged: this order can never be charged again. */
  z.object({ kind: z.literal('cancelled') }),
])
export type ChargeOutcome = z.infer<typeof ChargeOutcome>

const OrderParams = z.object({ orderId: z.uuid() })

export const paymentsApi = defineApi({
  charge: {
    method: 'PUT',
    path: '/charges/:orderId',
    summary: 'Charge an order once; repeating it returns the first outcome',
    params: OrderParams,
    body: z.object({ amountCents: z.int().min(1).max(100_000_000), currency: z.literal('USD'), card: Card }),
    response: ChargeOutcome,
  },
  cancelCharge: {
    method: 'DELETE',
    path: '/charges/:orderId',
    summary: 'Settle an order whose charge is in doubt: returns the outcome that it has, or forbids a charge for good',
    params: OrderParams,
    response: ChargeOutcome,
  },
})
