// Stock reservations, each inside of a transaction on the primary. A request that is repeated, or raced by its own repetition,
// changes nothing more.
import type { Queryable } from '../kit/database/database.ts'
import type { ReservationLine } from './contract.ts'
import { decideReservation, type RequestedItem, type ReservationDecision, type StockRow } from './domain.ts'

/**
 * The reservation's row is taken first, product rows after it in the order of their ids: whatever runs at the same time takes its
 * locks in the same order, so nothing deadlocks, and a second request for the order waits for the first and finds its outcome.
 */
export async function reserve(
  transaction: Queryable,
  orderId: string,
  items: readonly RequestedItem[],
): Promise<ReservationDecision> {
  const inserted = await transaction.query(
    `INSERT INTO reservations (order_id, status) VALUES ($1, 'reserved') ON CONFLICT DO NOTHING RETURNING order_id`,
    [orderId],
  )
  if (inserted.length === 0) return storedDecision(transaction, orderId)
  const stock = await transaction.query<StockRow>(
    `SELECT id, name, price_cents AS "priceCents", on_hand - reserved AS available
     FROM products WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`,
    [items.map((item) => item.productId)],
  )
  const decision = decideReservation(items, stock)
  if (decision.kind !== 'reserved') {
    // A refusal leaves nothing behind, so that the same order may be tried again.
    await transaction.query('DELETE FROM reservations WHERE order_id = $1', [orderId])
    return decision
  }
  const { lines } = decision
  const ids = lines.map((line) => line.productId)
  const quantities = lines.map((line) => line.quantity)
  await transaction.query(
    `UPDATE products SET reserved = reserved + taken.quantity
     FROM unnest($1::text[], $2::int[]) AS taken (id, quantity) WHERE products.id = taken.id`,
    [ids, quantities],
  )
  await transaction.query(
    `INSERT INTO reservation_lines (order_id, product_id, name, quantity, unit_price_cents)
     SELECT $1::uuid, * FROM unnest($2::text[], $3::text[], $4::int[], $5::int[])`,
    [orderId, ids, lines.map((line) => line.name), quantities, lines.map((line) => line.unitPriceCents)],
  )
  return decision
}

async function storedDecision(transaction: Queryable, orderId: string): Promise<ReservationDecision> {
  const [reservation] = await transaction.query<{ status: 'reserved' | 'released' }>(
    'SELECT status FROM reservations WHERE order_id = $1',
    [orderId],
  )
  if (reservation?.status !== 'reserved') return { kind: 'released' }
  const lines = await transaction.query<ReservationLine>(
    `SELECT product_id AS "productId", name, quantity, unit_price_cents AS "unitPriceCents"
     FROM reservation_lines WHERE order_id = $1 ORDER BY product_id`,
    [orderId],
  )
  return { kind: 'reserved', lines }
}

/** An order that was never reserved gets a tombstone: a reservation that comes late is refused. */
export async function release(transaction: Queryable, orderId: string): Promise<void> {
  const released = await transaction.query(
    `INSERT INTO reservations (order_id, status) VALUES ($1, 'released')
     ON CONFLICT (order_id) DO UPDATE SET status = 'released' WHERE reservations.status = 'reserved'
     RETURNING order_id`,
    [orderId],
  )
  if (released.length === 0) return
  const reserved = await transaction.query(
    `SELECT products.id FROM products JOIN reservation_lines ON reservation_lines.product_id = products.id
     WHERE order_id = $1 ORDER BY products.id FOR NO KEY UPDATE OF products`,
    [orderId],
  )
  if (reserved.length === 0) return
  await transaction.query(
    `UPDATE products SET reserved = reserved - quantity FROM reservation_lines
     WHERE order_id = $1 AND product_id = products.id`,
    [orderId],
  )
}
