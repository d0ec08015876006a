// Shipments, in a schema of fulfilment's own beside the queue: the first of an order is the one that counts, whatever is delivered twice.
// Further ones are orders that were shipped again, where repetitions are not recognised.
import type { Database } from '../kit/database/database.ts'
import type { Shipment } from './contract.ts'

/** The schema is its role's own and mostly there already; that role may not even try to create one, so it is created only when missing. */
export const schemaSql = `
DO $$ BEGIN IF to_regnamespace('fulfilment') IS NULL THEN CREATE SCHEMA fulfilment; END IF; END $$;
CREATE TABLE IF NOT EXISTS fulfilment.shipments (
  order_id uuid NOT NULL,
  tracking_number text NOT NULL,
  is_first boolean NOT NULL DEFAULT true,
  shipped_at timestamptz NOT NULL DEFAULT now()
);
-- Of a version whose orders could have one row only.
ALTER TABLE fulfilment.shipments DROP CONSTRAINT IF EXISTS shipments_pkey;
ALTER TABLE fulfilment.shipments ADD COLUMN IF NOT EXISTS is_first boolean NOT NULL DEFAULT true;
CREATE UNIQUE INDEX IF NOT EXISTS shipments_first ON fulfilment.shipments (order_id) WHERE is_first;
GRANT USAGE ON SCHEMA fulfilment TO fulfilment;
GRANT SELECT, INSERT ON fulfilment.shipments TO fulfilment;`

/** `isRepeated`: the order was shipped before. */
export type Recorded = Shipment & { isNew: boolean; isRepeated: boolean }

export type FulfilmentStore = {
  /** Records the shipment unless there is one; returns the one that counts, and whether this call has made it. */
  ship(orderId: string, trackingNumber: string): Promise<Recorded>
  /** Records a shipment whatever there is already; returns the one that counts. */
  shipAgain(orderId: string, trackingNumber: string): Promise<Recorded>
  find(orderId: string): Promise<Shipment | undefined>
}

type Row = { order_id: string; tracking_number: string; shipped_at: Date }

export function createFulfilmentStore(database: Database): FulfilmentStore {
  async function find(orderId: string): Promise<Shipment | undefined> {
    const [row] = await database.query<Row>('SELECT * FROM fulfilment.shipments WHERE order_id = $1 AND is_first', [
      orderId,
    ])
    return row && { orderId, trackingNumber: row.tracking_number, shippedAt: row.shipped_at.toISOString() }
  }
  async function insert(orderId: string, trackingNumber: string, isFirst: boolean): Promise<boolean> {
    const inserted = await database.query(
      `INSERT INTO fulfilment.shipments (order_id, tracking_number, is_first) VALUES ($1, $2, $3)
       ON CONFLICT (order_id) WHERE is_first DO NOTHING RETURNING 1`,
      [orderId, trackingNumber, isFirst],
    )
    return inserted.length > 0
  }
  async function found(orderId: string, isNew: boolean, isRepeated: boolean): Promise<Recorded> {
    const shipment = await find(orderId)
    if (!shipment) throw new Error('a shipment that was just recorded is not there')
    return { ...shipment, isNew, isRepeated }
  }
  return {
    find,
    async ship(orderId, trackingNumber) {
      const isNew = await insert(orderId, trackingNumber, true)
      return found(orderId, isNew, !isNew)
    },
    async shipAgain(orderId, trackingNumber) {
      const isFirst = await insert(orderId, trackingNumber, true)
      if (!isFirst) await insert(orderId, trackingNumber, false)
      return found(orderId, true, !isFirst)
    },
  }
}
