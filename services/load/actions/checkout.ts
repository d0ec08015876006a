// Buying. A checkout without an answer, or with a payment that is pending, is sent again with the same key, as a browser would, until its outcome
// is known: what was promised has to come true.
import { gatewayApi } from '../../gateway/contract.ts'
import type { CallResponse } from '../../kit/calls/caller.ts'
import { isOpen, type Order } from '../../orders/contract.ts'
import { type Action, ask, ok, type ShopRequest, type Verdict, wrong } from '../action.ts'
import { readAnswer, readProblem, unexpectedStatus } from '../answer.ts'
import { findFaultInOrder } from '../checks.ts'
import { pickWeighted } from '../random.ts'
import { authorization, type CheckoutInHand, type Shopper } from '../shopper.ts'

export const checkout: Action = {
  changesAccount: true,
  repeat: { attempts: 30, pauseMs: 700 },
  request(shopper, _step, { cards, uniqueId }) {
    const { session, account, basket, random } = shopper
    if (!session || !account || !basket || basket.items.length === 0) return undefined
    shopper.checkout ??= { key: uniqueId(), card: pickWeighted(random, cards, (card) => card.weight), basket }
    return send(shopper, shopper.checkout)
  },
  judge(shopper, answer) {
    const { checkout } = shopper
    if (!checkout) throw new Error('an answer to a checkout that was not sent')
    if (answer.status === 402 || answer.status === 409) return judgeRefusal(checkout, answer)
    const order = readOrder(answer, checkout)
    if ('kind' in order) return order
    if (checkout.orderId !== undefined && checkout.orderId !== order.id) return otherOrder(checkout.orderId, order.id)
    checkout.orderId = order.id
    if (isOpen(order)) return { kind: 'pending' }
    if (checkout.card.outcome !== 'accepted') {
      return wrong('inconsistent', `a card that is to be refused (${checkout.card.outcome}) paid`)
    }
    shopper.order = order
    shopper.ordered = checkout.basket
    shopper.basket = { items: [] }
    checkout.outcome = { kind: 'accepted', totalCents: order.totalCents }
    return ok
  },
}

/** The same key once more after success: a second click on the button. */
export const repeatCheckout: Action = {
  repeat: { attempts: 5, pauseMs: 700 },
  request(shopper) {
    return shopper.checkout?.outcome?.kind === 'accepted' ? send(shopper, shopper.checkout) : undefined
  },
  judge({ checkout, order: first }, answer) {
    if (!checkout || !first) throw new Error('an answer to a repetition that was not sent')
    const order = readOrder(answer, checkout)
    if ('kind' in order) return order
    if (order.id !== first.id) return otherOrder(first.id, order.id)
    if (order.totalCents !== first.totalCents) return wrong('inconsistent', 'the repetition has another total')
    return ok
  },
}

function send(shopper: Shopper, { key, card }: CheckoutInHand): ShopRequest {
  const { number, expiryYear } = card
  return ask(gatewayApi.checkout, {
    headers: { ...authorization(shopper), 'idempotency-key': key },
    body: { card: { number, expiryMonth: 12, expiryYear, cvc: '123' }, address: shopper.account?.address },
  })
}

function readOrder(answer: CallResponse, { basket }: CheckoutInHand): Order | Verdict {
  const read = readAnswer(gatewayApi.checkout, answer, [202])
  if (read.kind === 'verdict') return read.verdict
  const order = read.body
  if (isOpen(order) !== (answer.status === 202)) {
    return wrong('inconsistent', `status ${answer.status} for an order that is ${order.status}`)
  }
  const fault = findFaultInOrder(order, basket)
  return fault ? wrong('inconsistent', fault) : order
}

/** A refusal is right when the card asked for it, when stock ran out, or when a checkout that was cut off was given up. */
function judgeRefusal(checkout: CheckoutInHand, answer: CallResponse): Verdict {
  const problem = readProblem(answer)
  if (!problem) return wrong('schema', 'the refusal is not a problem document')
  const { outcome } = checkout.card
  const expected = problem.code === 'out_of_stock' || problem.code === 'interrupted' || problem.code === outcome
  if (!expected || (answer.status === 402) !== (problem.code === outcome)) return unexpectedStatus(answer)
  if (checkout.orderId !== undefined && problem.orderId !== undefined && checkout.orderId !== problem.orderId) {
    return otherOrder(checkout.orderId, problem.orderId)
  }
  if (problem.orderId !== undefined) checkout.orderId = problem.orderId
  checkout.outcome = { kind: 'refused', reason: problem.code }
  return { kind: 'refused', reason: problem.code }
}

function otherOrder(first: string, second: string): Verdict {
  return wrong('other_order', `one idempotency key made the orders ${first} and ${second}`)
}
