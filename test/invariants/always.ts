// What must hold at any moment, whatever is broken: stock, and that nothing is done twice. Needs no quiet.
import type { CheckoutRecord } from '../../services/load/contract.ts'
import type { Books } from './shop-books.ts'
import { type Violation, violation } from './violation.ts'

/** Of all orders that there are. Rejects when a database does not answer. */
export async function lookAlways(books: Books): Promise<Violation[]> {
  const [oversold, charged, shipped] = await Promise.all([
    books.ask<{ id: string; on_hand: number; reserved: number }>(
      'products',
      'SELECT id, on_hand, reserved FROM products WHERE reserved > on_hand OR reserved < 0 OR on_hand < 0 ORDER BY id',
    ),
    books.ask<{ order_id: string }>(
      'payments',
      "SELECT order_id FROM charges WHERE status = 'charged' GROUP BY order_id HAVING count(*) > 1 ORDER BY order_id",
    ),
    books.ask<{ order_id: string }>(
      'shipments',
      'SELECT order_id FROM fulfilment.shipments GROUP BY order_id HAVING count(*) > 1 ORDER BY order_id',
    ),
  ])
  return [
    ...oversold.map(({ id, on_hand, reserved }) => ({
      rule: 'stock is never negative',
      found: `${id} has ${on_hand} and ${reserved} are reserved`,
      orders: [],
    })),
    ...violation('no order is charged twice', charged.map(idOf)),
    ...violation('no order is shipped twice', shipped.map(idOf)),
  ]
}

/**
 * What customers were told, held against the orders: what was accepted is there, confirmed, under the customer's key and with his total.
 * @param checkouts as the load generator has logged them; read before the orders are
 */
export async function lookForAccepted(books: Books, checkouts: readonly CheckoutRecord[]): Promise<Violation[]> {
  const accepted = checkouts.filter(({ state }) => state === 'accepted')
  const rows = await books.ask<{ key: string; id: string; status: string; total: number }>(
    'orders',
    'SELECT idempotency_key AS key, id, status, total_cents AS total FROM orders WHERE idempotency_key = ANY($1)',
    [accepted.map(({ idempotencyKey }) => idempotencyKey)],
  )
  const byKey = grouped(rows)
  const nameOf = ({ orderId, idempotencyKey }: CheckoutRecord) => orderId ?? `key ${idempotencyKey}`
  const found = (record: CheckoutRecord) => byKey.get(record.idempotencyKey) ?? []
  const isConfirmed = (status: string) => status === 'confirmed' || status === 'shipped'
  return [
    ...violation('no accepted order is lost', accepted.filter((one) => found(one).length === 0).map(nameOf)),
    ...violation(
      'an accepted order stays accepted',
      accepted.filter((one) => found(one).some(({ status }) => !isConfirmed(status))).map(nameOf),
    ),
    ...violation('one key makes one order', accepted.filter((one) => found(one).length > 1).map(nameOf)),
    ...violation(
      'an order costs what its customer was told',
      accepted
        .filter((one) => found(one).some(({ total, status }) => isConfirmed(status) && total !== one.totalCents))
        .map(nameOf),
    ),
  ]
}

/** Node 20 has no Map.groupBy. */
function grouped<Row extends { key: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(row.key, [...(groups.get(row.key) ?? []), row])
  return groups
}

function idOf({ order_id }: { order_id: string }): string {
  return order_id
}
