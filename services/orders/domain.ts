// Decisions of a checkout, without I/O: what each answer of `products` and `payments` means for the order.
import { createHash } from 'node:crypto'
import type { ChargeOutcome } from '../payments/contract.ts'
import type { ReservationLine, ReservationOutcome } from '../products/contract.ts'
import type { Address, RefusalReason } from './contract.ts'

export type Refusal = { kind: 'refuse'; reason: RefusalReason; productId: string | null }

export type AfterReservation = { kind: 'charge'; reservation: Reservation } | Refusal

export type Reservation = { lines: ReservationLine[]; totalCents: number; readAfter: string }

export type AfterCharge = { kind: 'confirm' } | { kind: 'wait' } | Refusal

export function afterReservation(outcome: ReservationOutcome): AfterReservation {
  switch (outcome.kind) {
    case 'reserved':
      return { kind: 'charge', reservation: outcome }
    case 'out_of_stock':
    case 'unknown_product':
      return { kind: 'refuse', reason: outcome.kind, productId: outcome.productId }
    case 'released':
      // Somebody settled the order in the meantime, and gave its stock back.
      return { kind: 'refuse', reason: 'interrupted', productId: null }
  }
}

export function afterCharge(outcome: ChargeOutcome): AfterCharge {
  switch (outcome.kind) {
    case 'charged':
      return { kind: 'confirm' }
    case 'pending':
      return { kind: 'wait' }
    case 'declined':
      return { kind: 'refuse', reason: outcome.reason, productId: null }
    case 'cancelled':
      return { kind: 'refuse', reason: 'interrupted', productId: null }
  }
}

/** Tells a repeated checkout from another one under the same key. The card is left out on purpose: it must not be derivable from a table. */
export function checkoutFingerprint(address: Address): string {
  const { name, street, city, postalCode, country } = address
  return createHash('sha256')
    .update(JSON.stringify([name, street, city, postalCode, country]))
    .digest('base64url')
}
