import { expect, test } from 'vitest'
import { failureText } from './failure-text.ts'
import { ShopError } from './shop-client.ts'

test.each([
  [new ShopError(402, 'card_declined', 'declined'), /declined. Try another/],
  [new ShopError(0, 'unreachable', 'no answer'), /does not answer/],
  [new ShopError(429, 'too_many', 'later'), /more customers/],
  [new ShopError(504, 'deadline', 'late'), /took too long/],
  [new ShopError(503, 'unavailable', 'orders-1 is not there'), /broken \(503\)/],
  // There is nowhere to log in.
  [new ShopError(401, 'session_invalid', 'log in again'), /session has ended.* begin a new one/],
  [new ShopError(404, 'not_found', 'There is no such product'), /There is no such product/],
  [new TypeError('it is undefined'), /it is undefined/],
])('%s is said in words', (error, words) => {
  expect(failureText(error)).toMatch(words)
})
