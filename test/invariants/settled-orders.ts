// What must hold of a shop that has come to rest: every order has ended, with exactly one charge, one reservation and one shipment, or with none.
import type { Books } from './shop-books.ts'
import { type Violation, violation } from './violation.ts'

export type Settled = { shipped: string[]; refused: string[]; violations: Violation[] }

/** How many orders since then have not ended yet. */
export async function openOrders(books: Books, since: Date): Promise<string[]> {
  const rows = await books.ask<{ id: string }>(
    'orders',
    "SELECT id FROM orders WHERE created_at >= $1 AND status NOT IN ('shipped', 'refused') ORDER BY id",
    [since],
  )
  return rows.map(({ id }) => id)
}

/** Holds all orders since then against payments, products and fulfilment. For a shop that nobody orders from any more. */
export async function auditOrders(books: Books, since: Date): Promise<Settled> {
  const orders = await books.ask<{ id: string; status: string; total: number }>(
    'orders',
    'SELECT id, status, total_cents AS total FROM orders WHERE created_at >= $1 ORDER BY id',
    [since],
  )
  const ids = orders.map(({ id }) => id)
  const withStatus = (status: string) => orders.flatMap((order) => (order.status === status ? [order.id] : []))
  const shipped = withStatus('shipped')
  const refused = withStatus('refused')
  const [charges, reservations, shipments] = await Promise.all([
    books.ask<Effect>(
      'payments',
      `SELECT order_id AS id, amount_cents AS total FROM charges WHERE status = 'charged' AND order_id = ANY($1)`,
      [ids],
    ),
    books.ask<Effect>(
      'products',
      `SELECT r.order_id AS id, sum(l.quantity * l.unit_price_cents)::int AS total
       FROM reservations r JOIN reservation_lines l USING (order_id)
       WHERE r.status = 'reserved' AND r.order_id = ANY($1) GROUP BY r.order_id`,
      [ids],
    ),
    books.ask<Effect>('shipments', 'SELECT order_id AS id FROM fulfilment.shipments WHERE order_id = ANY($1)', [ids]),
  ])
  const totals = new Map(orders.map(({ id, total }) => [id, total]))
  const isOpen = ids.filter((id) => !shipped.includes(id) && !refused.includes(id))
  const dead = await books.ask<{ id: string }>(
    'shipments',
    "SELECT id FROM queue.job WHERE name = 'order-confirmed-dead'",
  )
  return {
    shipped,
    refused,
    violations: [
      ...violation('every order ends', isOpen),
      ...exactlyOnce('charged', shipped, refused, charges),
      ...exactlyOnce('reserved', shipped, refused, reservations),
      ...exactlyOnce('shipped', shipped, refused, shipments),
      ...violation('an order is charged what it costs', otherTotal(totals, shipped, charges)),
      ...violation('an order costs what was reserved for it', otherTotal(totals, shipped, reservations)),
      ...violation(
        'no message is left undeliverable',
        dead.map(({ id }) => `message ${id}`),
      ),
      ...(await auditStock(books)),
    ],
  }
}

type Effect = { id: string; total?: number }

function exactlyOnce(
  what: string,
  shipped: readonly string[],
  refused: readonly string[],
  effects: readonly Effect[],
): Violation[] {
  const counts = new Map<string, number>()
  for (const { id } of effects) counts.set(id, (counts.get(id) ?? 0) + 1)
  return [
    ...violation(
      `a finished order is ${what} once`,
      shipped.filter((id) => counts.get(id) !== 1),
      'not once',
    ),
    ...violation(
      `a refused order is not ${what}`,
      refused.filter((id) => counts.has(id)),
    ),
  ]
}

function otherTotal(totals: ReadonlyMap<string, number>, ids: readonly string[], effects: readonly Effect[]): string[] {
  const known = new Set(ids)
  return effects.filter(({ id, total }) => known.has(id) && total !== totals.get(id)).map(({ id }) => id)
}

/** What is reserved of each product is what its reservations say. */
async function auditStock(books: Books): Promise<Violation[]> {
  const rows = await books.ask<{ id: string; reserved: number; expected: number }>(
    'products',
    `SELECT p.id, p.reserved, coalesce(sum(l.quantity) FILTER (WHERE r.status = 'reserved'), 0)::int AS expected
     FROM products p LEFT JOIN reservation_lines l ON l.product_id = p.id LEFT JOIN reservations r USING (order_id)
     GROUP BY p.id, p.reserved
     HAVING p.reserved <> coalesce(sum(l.quantity) FILTER (WHERE r.status = 'reserved'), 0)
     ORDER BY p.id`,
  )
  return rows.map(({ id, reserved, expected }) => ({
    rule: 'stock adds up with its reservations',
    found: `of ${id} ${reserved} are reserved, and its reservations are ${expected}`,
    orders: [],
  }))
}
