// Charges: the first row of an order decides its outcome for good. Further rows are charges that were made again, where those are not
// recognised.
import type { Database } from '../kit/database/database.ts'
import type { ChargeOutcome, DeclineReason } from './contract.ts'

export const schemaSql = `
CREATE TABLE IF NOT EXISTS charges (
  order_id uuid NOT NULL,
  charge_id uuid NOT NULL DEFAULT gen_random_uuid(),
  status text NOT NULL CHECK (status IN ('charged', 'declined', 'cancelled')),
  amount_cents integer NOT NULL,
  currency text NOT NULL,
  card_brand text,
  card_last4 text,
  decline_reason text,
  is_first boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now()
);
-- Of a version whose orders could have one row only.
ALTER TABLE charges DROP CONSTRAINT IF EXISTS charges_pkey;
ALTER TABLE charges ADD COLUMN IF NOT EXISTS is_first boolean NOT NULL DEFAULT true;
CREATE UNIQUE INDEX IF NOT EXISTS charges_first ON charges (order_id) WHERE is_first;
CREATE INDEX IF NOT EXISTS charges_again ON charges (order_id) WHERE NOT is_first;`

/** What is to be written, if nothing is there yet. */
export type NewCharge =
  | { status: 'charged'; amountCents: number; currency: string; cardBrand: string; cardLast4: string }
  | { status: 'declined'; amountCents: number; currency: string; reason: DeclineReason }
  | { status: 'cancelled' }

type Row = {
  charge_id: string
  status: 'charged' | 'declined' | 'cancelled'
  amount_cents: number
  card_brand: string | null
  card_last4: string | null
  decline_reason: DeclineReason | null
  is_new: boolean
}

export type Settled = {
  outcome: ChargeOutcome
  /** Whether this call has brought it about. */
  isNew: boolean
  /** Whether the order had an outcome before. */
  isRepeated: boolean
}

export type PaymentsStore = {
  /** Writes the charge unless the order has one; returns the one that it has now. */
  settle(orderId: string, charge: NewCharge): Promise<Settled>
  /** Writes the charge whatever the order has already. */
  chargeAgain(orderId: string, charge: NewCharge): Promise<Settled>
}

export function createPaymentsStore(database: Database): PaymentsStore {
  async function insert(orderId: string, charge: NewCharge, isFirst: boolean): Promise<Settled | undefined> {
    const [row] = await database.query<Row>(
      `INSERT INTO charges (order_id, status, amount_cents, currency, card_brand, card_last4, decline_reason, is_first)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
       RETURNING charge_id, status, amount_cents, card_brand, card_last4, decline_reason, true AS is_new`,
      [orderId, charge.status, ...columns(charge), isFirst],
    )
    return row && { outcome: toOutcome(row), isNew: true, isRepeated: !isFirst }
  }

  return {
    async chargeAgain(orderId, charge) {
      const settled = (await insert(orderId, charge, true)) ?? (await insert(orderId, charge, false))
      if (!settled) throw new Error('a charge that nothing conflicts with was not written')
      return settled
    },

    async settle(orderId, charge) {
      const [row] = await database.query<Row>(
        // The empty update makes RETURNING give the row that was there first, in one atomic statement; only an updated row has an xmax.
        `INSERT INTO charges (order_id, status, amount_cents, currency, card_brand, card_last4, decline_reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (order_id) WHERE is_first DO UPDATE SET order_id = EXCLUDED.order_id
         RETURNING charge_id, status, amount_cents, card_brand, card_last4, decline_reason, xmax = 0 AS is_new`,
        [orderId, charge.status, ...columns(charge)],
      )
      if (!row) throw new Error('an upsert returned no row')
      return { outcome: toOutcome(row), isNew: row.is_new, isRepeated: !row.is_new }
    },
  }
}

function columns(charge: NewCharge): unknown[] {
  switch (charge.status) {
    case 'charged':
      return [charge.amountCents, charge.currency, charge.cardBrand, charge.cardLast4, null]
    case 'declined':
      return [charge.amountCents, charge.currency, null, null, charge.reason]
    case 'cancelled':
      return [0, 'USD', null, null, null]
  }
}

function toOutcome(row: Row): ChargeOutcome {
  switch (row.status) {
    case 'charged':
      return {
        kind: 'charged',
        chargeId: row.charge_id,
        amountCents: row.amount_cents,
        cardBrand: row.card_brand ?? '',
        cardLast4: row.card_last4 ?? '',
      }
    case 'declined':
      return { kind: 'declined', reason: row.decline_reason ?? 'card_declined' }
    case 'cancelled':
      return { kind: 'cancelled' }
  }
}
