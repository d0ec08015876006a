// After the purchase: the order must be there at once, and so must what it did to the stock.
import { gatewayApi } from '../../gateway/contract.ts'
import { type Action, ask, ok, wrong } from '../action.ts'
import { readAnswer } from '../answer.ts'
import { findFaultInOrder, findFaultInProgress } from '../checks.ts'
import { authorization, readAfterHeader } from '../shopper.ts'

/** Units that others' refused checkouts may have given back in the meantime. */
const STOCK_TOLERANCE = 2

export const order: Action = {
  request(shopper) {
    if (!shopper.session || !shopper.order) return undefined
    return ask(gatewayApi.order, { params: { orderId: shopper.order.id }, headers: authorization(shopper) })
  },
  judge(shopper, answer) {
    if (answer.status === 404) return wrong('stale_read', `the order ${shopper.order?.id} is not there`)
    const read = readAnswer(gatewayApi.order, answer)
    if (read.kind === 'verdict') return read.verdict
    const fault =
      (shopper.order && findFaultInProgress(shopper.order, read.body)) ??
      (shopper.ordered && findFaultInOrder(read.body, shopper.ordered))
    if (fault) return wrong('inconsistent', fault)
    shopper.order = read.body
    return ok
  },
}

export const orders: Action = {
  request: (shopper) =>
    shopper.session ? ask(gatewayApi.orders, { query: { limit: 10 }, headers: authorization(shopper) }) : undefined,
  judge(shopper, answer) {
    const read = readAnswer(gatewayApi.orders, answer)
    if (read.kind === 'verdict') return read.verdict
    const { items } = read.body
    if (items.some((item) => item.userId !== shopper.session?.user.id)) {
      return wrong('other_than_asked', 'an order of somebody else')
    }
    if (items.some((item, index) => index > 0 && item.createdAt > (items[index - 1]?.createdAt ?? ''))) {
      return wrong('other_than_asked', 'the orders are not the newest first')
    }
    const own = shopper.order
    if (own && !items.some((item) => item.id === own.id))
      return wrong('stale_read', `the order ${own.id} is not listed`)
    const latest = items.find((item) => item.status !== 'refused')
    if (!own && latest) shopper.order = latest
    return ok
  },
}

/** Read your writes: with the order's position in the log, the stock that was bought must be gone wherever one asks. */
export const stockAfterOrder: Action = {
  request(shopper) {
    const { product, order } = shopper
    const bought = product && order?.lines.find((line) => line.productId === product.id)
    if (!bought || !order?.readAfter) return undefined
    return ask(gatewayApi.product, { params: { productId: bought.productId }, headers: readAfterHeader(shopper) })
  },
  judge({ product, order }, answer) {
    const read = readAnswer(gatewayApi.product, answer)
    if (read.kind === 'verdict') return read.verdict
    if (!product || !order) throw new Error('an answer to a question that was not asked')
    if (read.body.id !== product.id) return wrong('other_than_asked', `${read.body.id} instead of ${product.id}`)
    const bought = order.lines.find((line) => line.productId === product.id)?.quantity ?? 0
    // What was seen before may have been old, so it is an upper bound: others bought since, and stock only comes back by refusals.
    const most = product.stock - bought + STOCK_TOLERANCE
    if (read.body.stock <= most) return ok
    return wrong('stale_read', `${read.body.stock} of ${product.id} after ${bought} of ${product.stock} were bought`)
  },
}
