// Each invariant is seen to be broken, on books that say what the test wants: a check that finds nothing whatever there is, checks nothing.
import { expect, test } from 'vitest'
import type { CheckoutRecord } from '../../services/load/contract.ts'
import { lookAlways, lookForAccepted } from './always.ts'
import { LedgerReader } from './ledger-books.ts'
import { auditOrders } from './settled-orders.ts'
import type { Book, Books } from './shop-books.ts'
import { describeViolation, violation } from './violation.ts'

/** Answers each question with the rows of the first entry whose text it contains. */
function booksWith(answers: readonly (readonly [book: Book, text: string, rows: object[]])[]): Books {
  return {
    ask: async <Row extends object>(book: Book, sql: string) => {
      const found = answers.find(([of, text]) => of === book && sql.includes(text))
      // The test gives what the question is answered with.
      return (found?.[2] ?? []) as Row[]
    },
  }
}

const rulesOf = (violations: readonly { rule: string }[]) => violations.map(({ rule }) => rule)

test('a shop without fault has no violations', async () => {
  const books = booksWith([])
  expect(await lookAlways(books)).toEqual([])
  expect(await lookForAccepted(books, [])).toEqual([])
  expect((await auditOrders(books, new Date())).violations).toEqual([])
})

test('negative stock, double charges and double shipments are seen at any time', async () => {
  const books = booksWith([
    ['products', 'reserved > on_hand', [{ id: 'p-1', on_hand: 3, reserved: 4 }]],
    ['payments', 'HAVING count(*) > 1', [{ order_id: 'a' }, { order_id: 'b' }]],
    ['shipments', 'HAVING count(*) > 1', [{ order_id: 'c' }]],
  ])
  const found = await lookAlways(books)
  expect(found.map(describeViolation)).toEqual([
    'stock is never negative: p-1 has 3 and 4 are reserved',
    'no order is charged twice: 2 orders (a, b)',
    'no order is shipped twice: 1 order (c)',
  ])
})

const told = (key: string, totalCents: number): CheckoutRecord => ({
  ...{ state: 'accepted', idempotencyKey: key, userId: 'u', orderId: `order-${key}`, totalCents, reason: null },
})

test('what customers were told is held against the orders', async () => {
  const books = booksWith([
    [
      'orders',
      'idempotency_key = ANY',
      [
        { key: 'good', id: '1', status: 'shipped', total: 10 },
        { key: 'refused', id: '2', status: 'refused', total: 0 },
        { key: 'twice', id: '3', status: 'confirmed', total: 10 },
        { key: 'twice', id: '4', status: 'confirmed', total: 10 },
        { key: 'dear', id: '5', status: 'confirmed', total: 11 },
      ],
    ],
  ])
  const all = ['good', 'refused', 'twice', 'dear', 'lost'].map((key) => told(key, 10))
  const open = { ...told('open', 10), state: 'open' } as const
  expect((await lookForAccepted(books, [...all, open])).map(({ rule, orders }) => [rule, ...orders])).toEqual([
    ['no accepted order is lost', 'order-lost'],
    ['an accepted order stays accepted', 'order-refused'],
    ['one key makes one order', 'order-twice'],
    ['an order costs what its customer was told', 'order-dear'],
  ])
})

test('at rest, each order has one of everything or none of anything', async () => {
  const books = booksWith([
    [
      'orders',
      'FROM orders',
      [
        { id: 'good', status: 'shipped', total: 10 },
        { id: 'unpaid', status: 'shipped', total: 10 },
        { id: 'dear', status: 'shipped', total: 10 },
        { id: 'refused', status: 'refused', total: 0 },
        { id: 'open', status: 'confirmed', total: 10 },
      ],
    ],
    ['payments', 'FROM charges', [...['good', 'refused'].map((id) => ({ id, total: 10 })), { id: 'dear', total: 12 }]],
    ['products', 'FROM reservations', ['good', 'unpaid', 'dear'].map((id) => ({ id, total: 10 }))],
    ['products', 'p.reserved', [{ id: 'p-1', reserved: 2, expected: 1 }]],
    ['shipments', 'fulfilment.shipments', ['good', 'unpaid', 'dear', 'dear'].map((id) => ({ id }))],
    ['shipments', 'order-confirmed-dead', [{ id: 'm' }]],
  ])
  const { violations, shipped, refused } = await auditOrders(books, new Date())
  expect({ shipped, refused }).toEqual({ shipped: ['good', 'unpaid', 'dear'], refused: ['refused'] })
  expect(violations.map(({ rule, orders }) => [rule, ...orders])).toEqual([
    ['every order ends', 'open'],
    ['a finished order is charged once', 'unpaid'],
    ['a refused order is not charged', 'refused'],
    ['a finished order is shipped once', 'dear'],
    ['an order is charged what it costs', 'dear'],
    ['no message is left undeliverable', 'message m'],
    ['stock adds up with its reservations'],
  ])
})

test('the ledger is read on from where it was left, and what is twice in it is seen', async () => {
  const block = (height: number, ...charges: [string, string][]) => ({
    ...{ header: { height }, hash: `h${height}` },
    charges: charges.map(([chargeId, orderId]) => ({ chargeId, orderId })),
  })
  let chain = [block(1, ['c1', 'a'], ['c2', 'b'])]
  const paths: string[] = []
  const ask = async <T>(_node: string, _method: string, path: string): Promise<T> => {
    paths.push(path)
    const from = Number(/from=(\d+)/.exec(path)?.[1])
    return { blocks: chain.filter(({ header }) => header.height >= from) } as T
  }
  const reader = new LedgerReader({ ask })
  await reader.readOn('ledger-na')
  expect(reader.violations()).toEqual([])
  chain = [...chain, block(2, ['c3', 'a']), block(3, ['c1', 'a'])]
  await reader.readOn('ledger-na')
  expect(paths).toEqual(['/operator/blocks?from=1&limit=32', '/operator/blocks?from=2&limit=32'])
  expect(rulesOf(reader.violations())).toEqual(['no charge is in the ledger twice', 'no order is in the ledger twice'])
})

test('of many orders a few are named', () => {
  const ids = Array.from({ length: 50 }, (_, index) => `o${index}`)
  const [found] = violation('every order ends', ids)
  expect(found).toMatchObject({ found: '50 orders' })
  expect(found?.orders).toHaveLength(20)
  expect(violation('every order ends', [])).toEqual([])
})
