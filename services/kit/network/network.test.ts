import { expect, test } from 'vitest'
import { Network } from './network.ts'

const delays = { na: { eu: 45, asia: 75 }, eu: { na: 50 } }

test.each([
  ['na', 45, 50],
  ['asia', 0, 0],
  ['global', 0, 0],
] as const)('from %s the delays to eu are %i out and %i back', (from, outboundDelayMs, inboundDelayMs) => {
  const network = new Network(from, delays)
  expect(network.delayTo('eu')).toBe(outboundDelayMs)
  const { outbound, inbound } = network.linkTo('orders-1', 'eu')
  expect([outbound.delayMs, inbound.delayMs]).toEqual([outboundDelayMs, inboundDelayMs])
})

test('new delays reach the links that are in use, each by its region', () => {
  const network = new Network('na', delays)
  const orders = network.linkTo('orders-1', 'eu')
  const products = network.linkTo('products-1', 'na')
  network.apply({ delays: { na: { eu: 7 }, eu: { na: 8 } }, faults: [] })
  expect([orders.outbound.delayMs, orders.inbound.delayMs]).toEqual([7, 8])
  expect(products.roundTripMs).toBe(0)
  expect(network.linkTo('orders-1', 'eu')).toBe(orders)
})
