// Baskets and orders. An order leaves `pending` and `payment_pending` exactly once, and the message to fulfilment is written in the transaction that confirms it.
import type { Database, Queryable } from '../kit/database/database.ts'
import type { ReservationLine } from '../products/contract.ts'
import type { Address, Basket, Order, OrderStatus, RefusalReason } from './contract.ts'
import type { Reservation } from './domain.ts'

export const schemaSql = `
CREATE TABLE IF NOT EXISTS basket_items (
  user_id uuid NOT NULL,
  product_id text NOT NULL,
  quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 20),
  added_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, product_id)
);
CREATE TABLE IF NOT EXISTS orders (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  idempotency_key text NOT NULL,
  fingerprint text NOT NULL,
  address jsonb NOT NULL,
  items jsonb NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'payment_pending', 'confirmed', 'refused', 'shipped')),
  refusal text,
  refused_product_id text,
  total_cents integer NOT NULL DEFAULT 0,
  read_after text,
  tracking_number text,
  traceparent text,
  lease_until timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (user_id, idempotency_key)
);
CREATE INDEX IF NOT EXISTS orders_by_user ON orders (user_id, created_at DESC);
-- For data of before there was a ledger.
ALTER TABLE orders
  DROP CONSTRAINT IF EXISTS orders_status_check,
  ADD CONSTRAINT orders_status_check CHECK (status IN ('pending', 'payment_pending', 'confirmed', 'refused', 'shipped')) NOT VALID;
DROP INDEX IF EXISTS orders_pending;
CREATE INDEX IF NOT EXISTS orders_open ON orders (lease_until) WHERE status IN ('pending', 'payment_pending');
CREATE TABLE IF NOT EXISTS order_lines (
  order_id uuid NOT NULL REFERENCES orders,
  product_id text NOT NULL,
  name text NOT NULL,
  quantity integer NOT NULL,
  unit_price_cents integer NOT NULL,
  PRIMARY KEY (order_id, product_id)
);
CREATE INDEX IF NOT EXISTS order_lines_by_product ON order_lines (product_id);`

const OPEN = "status IN ('pending', 'payment_pending')"
/** How long whoever works on a pending order has it to himself; longer than any request may take. */
const LEASE = "interval '15 seconds'"
/** How long after it was looked at last an order with a pending payment is looked at again. */
const PAYMENT_CHECK = "interval '1 second'"
/** How long after its lease a pending order is left to its customer's own retry before it is settled without him. */
const GRACE = "interval '4 seconds'"

export type BasketItem = Basket['items'][number]

export type PendingOrder = { id: string; userId: string; items: BasketItem[]; traceparent: string | null }

export type BeginOutcome =
  | { kind: 'begun'; order: PendingOrder }
  | { kind: 'existing'; order: Order; pending: PendingOrder }
  | { kind: 'empty_basket' }
  | { kind: 'other_request' }

export type OrdersStore = ReturnType<typeof createOrdersStore>

type OrderRow = {
  id: string
  user_id: string
  fingerprint: string
  items: BasketItem[]
  status: OrderStatus
  refusal: RefusalReason | null
  refused_product_id: string | null
  total_cents: number
  read_after: string | null
  tracking_number: string | null
  traceparent: string | null
  created_at: Date
  lines: ReservationLine[] | null
}

const selectOrder = `
SELECT o.*, (
  SELECT json_agg(json_build_object(
    'productId', l.product_id, 'name', l.name, 'quantity', l.quantity, 'unitPriceCents', l.unit_price_cents)
    ORDER BY l.product_id)
  FROM order_lines l WHERE l.order_id = o.id) AS lines
FROM orders o`

export function createOrdersStore(database: Database) {
  async function basket(userId: string, from: Queryable = database): Promise<BasketItem[]> {
    return from.query<BasketItem>(
      'SELECT product_id AS "productId", quantity FROM basket_items WHERE user_id = $1 ORDER BY added_at, product_id',
      [userId],
    )
  }

  async function findByKey(userId: string, key: string): Promise<OrderRow | undefined> {
    const [row] = await database.query<OrderRow>(`${selectOrder} WHERE o.user_id = $1 AND o.idempotency_key = $2`, [
      userId,
      key,
    ])
    return row
  }

  return {
    basket,

    /** False when the basket holds `limit` products already and this is a new one. */
    async putBasketItem(userId: string, item: BasketItem, limit: number): Promise<boolean> {
      const rows = await database.query(
        `INSERT INTO basket_items (user_id, product_id, quantity)
         SELECT $1, $2, $3
         WHERE (SELECT count(*) FROM basket_items WHERE user_id = $1 AND product_id <> $2) < $4
         ON CONFLICT (user_id, product_id) DO UPDATE SET quantity = EXCLUDED.quantity RETURNING 1`,
        [userId, item.productId, item.quantity, limit],
      )
      return rows.length > 0
    },

    async deleteBasketItem(userId: string, productId: string): Promise<void> {
      await database.query('DELETE FROM basket_items WHERE user_id = $1 AND product_id = $2', [userId, productId])
    },

    /** Makes the basket a pending order, leased to the caller; or finds the order that this key made before. */
    async begin(request: {
      userId: string
      key: string
      fingerprint: string
      address: Address
      traceparent: string | null
    }): Promise<BeginOutcome> {
      const { userId, key, fingerprint } = request
      const existing = await findByKey(userId, key)
      if (existing) return knownOrder(existing, fingerprint)
      const items = await basket(userId)
      if (items.length === 0) return { kind: 'empty_basket' }
      const [created] = await database.query<{ id: string }>(
        `INSERT INTO orders (user_id, idempotency_key, fingerprint, address, items, traceparent, lease_until)
         VALUES ($1, $2, $3, $4, $5, $6, now() + ${LEASE})
         ON CONFLICT (user_id, idempotency_key) DO NOTHING RETURNING id`,
        [userId, key, fingerprint, JSON.stringify(request.address), JSON.stringify(items), request.traceparent],
      )
      if (created) {
        return { kind: 'begun', order: { id: created.id, userId, items, traceparent: request.traceparent } }
      }
      const raced = await findByKey(userId, key)
      if (!raced) throw new Error('an order that refused a second one is not there')
      return knownOrder(raced, fingerprint)
    },

    /** True when the order is pending and nobody works on it: it is the caller's now. */
    async lease(orderId: string): Promise<boolean> {
      const rows = await database.query(
        `UPDATE orders SET lease_until = now() + ${LEASE}
         WHERE id = $1 AND ${OPEN} AND lease_until < now() RETURNING 1`,
        [orderId],
      )
      return rows.length > 0
    },

    /** Gives a pending order back, for its customer to try again at once. */
    async unlease(orderId: string): Promise<void> {
      await database.query(`UPDATE orders SET lease_until = now() WHERE id = $1 AND ${OPEN}`, [orderId])
    },

    /** Its payment will come without anybody's doing: gives the order back until somebody looks for it. */
    async awaitPayment(orderId: string): Promise<void> {
      await database.query(
        `UPDATE orders SET status = 'payment_pending', lease_until = now() WHERE id = $1 AND ${OPEN}`,
        [orderId],
      )
    },

    /** Takes up to `limit` pending orders that nobody has finished. */
    async leaseAbandoned(limit: number): Promise<PendingOrder[]> {
      return database.query<PendingOrder>(
        `UPDATE orders SET lease_until = now() + ${LEASE} WHERE id IN (
           SELECT id FROM orders
           WHERE ${OPEN} AND lease_until < now() - CASE status WHEN 'pending' THEN ${GRACE} ELSE ${PAYMENT_CHECK} END
           ORDER BY lease_until LIMIT $1 FOR UPDATE SKIP LOCKED)
         RETURNING id, user_id AS "userId", items, traceparent`,
        [limit],
      )
    },

    /**
     * Confirms a pending order: its lines, its basket emptied and the message to fulfilment, all or nothing. False when it was not
     * pending any more.
     * @param publish is called inside the transaction, only when this call is the one that confirms
     */
    async confirm(
      order: PendingOrder,
      reservation: Reservation,
      publish: (transaction: Queryable) => Promise<void>,
    ): Promise<boolean> {
      return database.transaction(async (transaction) => {
        const confirmed = await transaction.query(
          `UPDATE orders SET status = 'confirmed', total_cents = $2, read_after = $3
           WHERE id = $1 AND ${OPEN} RETURNING 1`,
          [order.id, reservation.totalCents, reservation.readAfter],
        )
        if (confirmed.length === 0) return false
        await transaction.query(
          `INSERT INTO order_lines (order_id, product_id, name, quantity, unit_price_cents)
           SELECT $1, line."productId", line.name, line.quantity, line."unitPriceCents"
           FROM jsonb_to_recordset($2::jsonb)
             AS line("productId" text, name text, quantity integer, "unitPriceCents" integer)`,
          [order.id, JSON.stringify(reservation.lines)],
        )
        await transaction.query('DELETE FROM basket_items WHERE user_id = $1 AND product_id = ANY($2)', [
          order.userId,
          order.items.map((item) => item.productId),
        ])
        await publish(transaction)
        return true
      })
    },

    /** False when the order was not pending any more. */
    async refuse(orderId: string, reason: RefusalReason, productId: string | null): Promise<boolean> {
      const rows = await database.query(
        `UPDATE orders SET status = 'refused', refusal = $2, refused_product_id = $3
         WHERE id = $1 AND ${OPEN} RETURNING 1`,
        [orderId, reason, productId],
      )
      return rows.length > 0
    },

    async find(orderId: string): Promise<Order | undefined> {
      const [row] = await database.query<OrderRow>(`${selectOrder} WHERE o.id = $1`, [orderId])
      return row && toOrder(row)
    },

    async list(userId: string, limit: number): Promise<Order[]> {
      const rows = await database.query<OrderRow>(
        `${selectOrder} WHERE o.user_id = $1 ORDER BY o.created_at DESC LIMIT $2`,
        [userId, limit],
      )
      return rows.map(toOrder)
    },

    /** Over the product's newest 300 order lines, so that its cost does not grow with the shop's history. */
    async boughtTogether(productId: string, limit: number): Promise<{ productId: string; orders: number }[]> {
      return database.query(
        `SELECT other.product_id AS "productId", count(*)::int AS orders
         FROM (SELECT order_id FROM order_lines WHERE product_id = $1 LIMIT 300) AS mine
         JOIN order_lines other USING (order_id)
         WHERE other.product_id <> $1
         GROUP BY other.product_id ORDER BY orders DESC, other.product_id LIMIT $2`,
        [productId, limit],
      )
    },

    /** False when the order is not confirmed. Repeating it changes nothing. */
    async markShipped(orderId: string, trackingNumber: string): Promise<boolean> {
      const rows = await database.query(
        `UPDATE orders SET status = 'shipped', tracking_number = coalesce(tracking_number, $2)
         WHERE id = $1 AND status IN ('confirmed', 'shipped') RETURNING 1`,
        [orderId, trackingNumber],
      )
      return rows.length > 0
    },
  }
}

function knownOrder(row: OrderRow, fingerprint: string): BeginOutcome {
  if (row.fingerprint !== fingerprint) return { kind: 'other_request' }
  const { id, user_id: userId, items, traceparent } = row
  return { kind: 'existing', order: toOrder(row), pending: { id, userId, items, traceparent } }
}

function toOrder(row: OrderRow): Order {
  return {
    id: row.id,
    userId: row.user_id,
    status: row.status,
    refusal: row.refusal,
    refusedProductId: row.refused_product_id,
    lines: row.lines ?? [],
    totalCents: row.total_cents,
    currency: 'USD',
    createdAt: row.created_at.toISOString(),
    trackingNumber: row.tracking_number,
    readAfter: row.read_after,
  }
}
