// A charge as the ledger keeps it, and its canonical bytes: the same charge has one encoding only, so that it has one hash.
// No card data comes here: the ledger says what was charged for which order, and nothing about whom.
import { z } from 'zod'

export const Charge = z.strictObject({
  /** Not unique: an order that is charged again has a charge more. */
  orderId: z.uuid().lowercase(),
  /** By this the ledger knows a charge again: it takes each once. */
  chargeId: z.uuid().lowercase(),
  amountCents: z.int().min(1).max(100_000_000),
  currency: z.literal('USD'),
  /** When the card was authorised, by the clock of `payments`. */
  authorisedAtUnixMs: z.int().nonnegative(),
})
export type Charge = z.infer<typeof Charge>

/** JSON without white space, members in this order: RFC 8785 for objects whose members are ASCII strings and whole numbers. */
export function encodeCharge({ orderId, chargeId, amountCents, currency, authorisedAtUnixMs }: Charge): string {
  return JSON.stringify({ amountCents, authorisedAtUnixMs, chargeId, currency, orderId })
}

export function sameCharge(one: Charge, other: Charge): boolean {
  return encodeCharge(one) === encodeCharge(other)
}
