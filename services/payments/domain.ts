// What a card issuer would say, decided without one: the number's checksum, the expiry date, and the test numbers that always decline.
import type { Card, DeclineReason } from './contract.ts'

export type Authorisation =
  | { kind: 'approved'; brand: string; last4: string }
  | { kind: 'declined'; reason: DeclineReason }

/** Numbers that decline, as card processors publish them for tests. */
const decliningNumbers: Record<string, DeclineReason> = {
  '4000000000000002': 'card_declined',
  '4000000000009995': 'insufficient_funds',
}

const brands: [prefix: RegExp, brand: string][] = [
  [/^4/, 'visa'],
  [/^(5[1-5]|2[2-7])/, 'mastercard'],
  [/^3[47]/, 'amex'],
  [/^6(011|5)/, 'discover'],
]

/** @param now decides whether the card has expired: it is valid to the end of its month, in UTC */
export function authorise(card: Card, now: Date): Authorisation {
  if (!hasValidChecksum(card.number)) return { kind: 'declined', reason: 'invalid_number' }
  if (hasExpired(card, now)) return { kind: 'declined', reason: 'expired_card' }
  const reason = decliningNumbers[card.number]
  if (reason) return { kind: 'declined', reason }
  const brand = brands.find(([prefix]) => prefix.test(card.number))?.[1] ?? 'other'
  return { kind: 'approved', brand, last4: card.number.slice(-4) }
}

/** The Luhn checksum, ISO/IEC 7812-1 annex B. */
export function hasValidChecksum(number: string): boolean {
  let sum = 0
  for (let index = 0; index < number.length; index++) {
    const digit = Number(number[number.length - 1 - index])
    const doubled = index % 2 === 0 ? digit : digit * 2
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

function hasExpired({ expiryMonth, expiryYear }: Card, now: Date): boolean {
  return expiryYear * 12 + expiryMonth < now.getUTCFullYear() * 12 + now.getUTCMonth() + 1
}
