import { expect, test } from 'vitest'
import { authorise, hasValidChecksum } from './domain.ts'

const now = new Date('2026-06-30T23:59:59Z')
const card = { number: '4242424242424242', expiryMonth: 6, expiryYear: 2026, cvc: '123' }

test.each([
  ['a good card, in its last month', {}, { kind: 'approved', brand: 'visa', last4: '4242' }],
  ['mastercard', { number: '5555555555554444' }, { kind: 'approved', brand: 'mastercard', last4: '4444' }],
  ['a wrong digit', { number: '4242424242424241' }, { kind: 'declined', reason: 'invalid_number' }],
  ['last month', { expiryMonth: 5 }, { kind: 'declined', reason: 'expired_card' }],
  ['last year', { expiryMonth: 12, expiryYear: 2025 }, { kind: 'declined', reason: 'expired_card' }],
  ['the declining number', { number: '4000000000000002' }, { kind: 'declined', reason: 'card_declined' }],
  ['the poor number', { number: '4000000000009995' }, { kind: 'declined', reason: 'insufficient_funds' }],
])('%s', (_name, change, outcome) => {
  expect(authorise({ ...card, ...change }, now)).toEqual(outcome)
})

test('every single wrong digit breaks the checksum', () => {
  for (let index = 0; index < card.number.length; index++) {
    const digit = (Number(card.number[index]) + 1) % 10
    expect(hasValidChecksum(card.number.slice(0, index) + digit + card.number.slice(index + 1))).toBe(false)
  }
})
