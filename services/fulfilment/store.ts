// Shipments, in a schema of fulfilment's own beside the queue: one an order, whatever is delivered twice.
import type { Database } from '../kit/database/database.ts'
import type { Shipment } from './contract.ts'

/** The schema is its role's own and mostly there already; that role may not even try to create one, so it is created only when missing. */
export const schemaSql = `
DO $$ BEGIN IF to_regnamespace('fulfilment') IS NULL THEN CREATE SCHEMA fulfilment; END IF; END $$;
CREATE TABLE IF NOT EXISTS fulfilment.shipments (
  order_id uuid PRIMARY KEY,
  tracking_number text NOT NULL,
  shipped_at timestamptz NOT NULL DEFAULT now()
);
GRANT USAGE ON SCHEMA fulfilment TO fulfilment;
GRANT SELECT, INSERT ON fulfilment.shipments TO fulfilment;`

export type FulfilmentStore = {
  /** Records the shipment unless there is one; returns the one that counts, and whether this call has made it. */
  ship(orderId: string, trackingNumber: string): Promise<Shipment & { isNew: boolean }>
  find(orderId: string): Promise<Shipment | undefined>
}

type Row = { order_id: string; tracking_number: string; shipped_at: Date }

export function createFulfilmentStore(database: Database): FulfilmentStore {
  async function find(orderId: string): Promise<Shipment | undefined> {
    const [row] = await database.query<Row>('SELECT * FROM fulfilment.shipments WHERE order_id = $1', [orderId])
    return row && { orderId, trackingNumber: row.tracking_number, shippedAt: row.shipped_at.toISOString() }
  }
  return {
    find,
    async ship(orderId, trackingNumber) {
      const inserted = await database.query(
        `INSERT INTO fulfilment.shipments (order_id, tracking_number) VALUES ($1, $2)
         ON CONFLICT (order_id) DO NOTHING RETURNING 1`,
        [orderId, trackingNumber],
      )
      const shipment = await find(orderId)
      if (!shipment) throw new Error('a shipment that was just recorded is not there')
      return { ...shipment, isNew: inserted.length > 0 }
    },
  }
}
