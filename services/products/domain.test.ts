import { expect, test } from 'vitest'
import { decideReservation, toSearchQuery, totalCents } from './domain.ts'

const stock = [
  { id: 'p-0001', name: 'Cup', priceCents: 1_200, available: 3 },
  { id: 'p-0002', name: 'Pot', priceCents: 4_500, available: 0 },
]

test('what is there is reserved at today’s name and price, in the order asked for', () => {
  const more = [...stock, { id: 'p-0000', name: 'Tray', priceCents: 50, available: 20 }]
  const items = [
    { productId: 'p-0001', quantity: 3 },
    { productId: 'p-0000', quantity: 20 },
  ]
  const decision = decideReservation(items, more)
  expect(decision).toEqual({
    kind: 'reserved',
    lines: [
      { productId: 'p-0001', name: 'Cup', quantity: 3, unitPriceCents: 1_200 },
      { productId: 'p-0000', name: 'Tray', quantity: 20, unitPriceCents: 50 },
    ],
  })
  expect(decision.kind === 'reserved' && totalCents(decision.lines)).toBe(4_600)
})

test.each([
  [[{ productId: 'p-0001', quantity: 4 }], { kind: 'out_of_stock', productId: 'p-0001', available: 3 }],
  [[{ productId: 'p-0002', quantity: 1 }], { kind: 'out_of_stock', productId: 'p-0002', available: 0 }],
  [[{ productId: 'p-0003', quantity: 1 }], { kind: 'unknown_product', productId: 'p-0003' }],
  [
    [
      { productId: 'p-0001', quantity: 1 },
      { productId: 'p-0003', quantity: 1 },
      { productId: 'p-0002', quantity: 1 },
    ],
    { kind: 'unknown_product', productId: 'p-0003' },
  ],
])('%j is refused as a whole', (items, refusal) => {
  expect(decideReservation(items, stock)).toEqual(refusal)
})

test.each([
  ['Coffee grin', 'coffee & grin:*'],
  ['cup', 'cup:*'],
  ['  Café   Crème ', 'café & crème:*'],
  ['t-shirt', 't & shirt:*'],
  ["cup' | !pot & (a:*) <-> \\", 'cup & pot & a:*'],
  ['½ 3000', '½ & 3000:*'],
  ['!?&|', ''],
])('%j is searched for as %j', (text, query) => {
  expect(toSearchQuery(text)).toBe(query)
})
