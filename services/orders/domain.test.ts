import { expect, test } from 'vitest'
import type { ChargeOutcome } from '../payments/contract.ts'
import type { ReservationOutcome } from '../products/contract.ts'
import { afterCharge, afterReservation, checkoutFingerprint } from './domain.ts'

const reserved: ReservationOutcome = { kind: 'reserved', lines: [], totalCents: 500, readAfter: '0/1' }

test.each<[ReservationOutcome, ReturnType<typeof afterReservation>]>([
  [reserved, { kind: 'charge', reservation: reserved }],
  [
    { kind: 'out_of_stock', productId: 'p-0001', available: 2 },
    { kind: 'refuse', reason: 'out_of_stock', productId: 'p-0001' },
  ],
  [
    { kind: 'unknown_product', productId: 'p-9999' },
    { kind: 'refuse', reason: 'unknown_product', productId: 'p-9999' },
  ],
  [{ kind: 'released' }, { kind: 'refuse', reason: 'interrupted', productId: null }],
])('after the reservation %o', (outcome, decision) => {
  expect(afterReservation(outcome)).toEqual(decision)
})

test.each<[ChargeOutcome, ReturnType<typeof afterCharge>]>([
  [{ kind: 'charged', chargeId: 'c', amountCents: 500, cardBrand: 'visa', cardLast4: '4242' }, { kind: 'confirm' }],
  [
    { kind: 'declined', reason: 'expired_card' },
    { kind: 'refuse', reason: 'expired_card', productId: null },
  ],
  [{ kind: 'cancelled' }, { kind: 'refuse', reason: 'interrupted', productId: null }],
])('after the charge %o', (outcome, decision) => {
  expect(afterCharge(outcome)).toEqual(decision)
})

test('the fingerprint tells addresses apart and ignores the order of their fields', () => {
  const address = { name: 'Ada', street: '1 Main St', city: 'Paris', postalCode: '75001', country: 'FR' }
  const reordered = { country: 'FR', postalCode: '75001', city: 'Paris', street: '1 Main St', name: 'Ada' }
  expect(checkoutFingerprint(reordered)).toBe(checkoutFingerprint(address))
  expect(checkoutFingerprint({ ...address, street: '2 Main St' })).not.toBe(checkoutFingerprint(address))
  // Moving text from one field to the next must not collide.
  expect(checkoutFingerprint({ ...address, name: 'Ada1', street: ' Main St' })).not.toBe(checkoutFingerprint(address))
})
