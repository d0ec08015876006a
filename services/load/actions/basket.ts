// The basket. What the server said last is what the next answer is compared with.
import { gatewayApi } from '../../gateway/contract.ts'
import { type Action, ask, ok, wrong } from '../action.ts'
import { readAnswer } from '../answer.ts'
import { findFaultInBasket, sameBasket } from '../checks.ts'
import { intBetween } from '../random.ts'
import { authorization } from '../shopper.ts'

const DEFAULT_QUANTITY = [1, 2] as const

export const addToBasket: Action = {
  changesAccount: true,
  request(shopper, step) {
    const { session, product, random } = shopper
    if (!session || !product) return undefined
    const [least, most] = step.quantity ?? DEFAULT_QUANTITY
    shopper.wanted = { productId: product.id, quantity: intBetween(random, least, most) }
    return ask(gatewayApi.putBasketItem, {
      params: { productId: product.id },
      headers: authorization(shopper),
      body: { quantity: shopper.wanted.quantity },
    })
  },
  judge(shopper, answer) {
    const read = readAnswer(gatewayApi.putBasketItem, answer)
    if (read.kind === 'verdict') return read.verdict
    const { productId, quantity } = shopper.wanted ?? { productId: '', quantity: 0 }
    const fault = findFaultInBasket(read.body, productId, quantity, shopper.basket)
    if (fault) return wrong('inconsistent', fault)
    shopper.basket = read.body
    return ok
  },
}

export const viewBasket: Action = {
  request: (shopper) => (shopper.session ? ask(gatewayApi.basket, { headers: authorization(shopper) }) : undefined),
  judge(shopper, answer) {
    const read = readAnswer(gatewayApi.basket, answer)
    if (read.kind === 'verdict') return read.verdict
    if (shopper.basket && !sameBasket(shopper.basket, read.body)) {
      return wrong('inconsistent', 'the basket is not what it was a moment ago')
    }
    shopper.basket = read.body
    return ok
  },
}

export const removeFromBasket: Action = {
  changesAccount: true,
  request(shopper) {
    const [item] = shopper.basket?.items ?? []
    if (!shopper.session || !item) return undefined
    shopper.wanted = { productId: item.productId, quantity: 0 }
    return ask(gatewayApi.deleteBasketItem, {
      params: { productId: item.productId },
      headers: authorization(shopper),
    })
  },
  judge(shopper, answer) {
    const read = readAnswer(gatewayApi.deleteBasketItem, answer)
    if (read.kind === 'verdict') return read.verdict
    const fault = findFaultInBasket(read.body, shopper.wanted?.productId ?? '', 0, shopper.basket)
    if (fault) return wrong('inconsistent', fault)
    shopper.basket = read.body
    return ok
  },
}
