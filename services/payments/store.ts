// Charges: the first row of an order decides its outcome for good; only a pending charge changes once more, when the ledger has it.
// Further rows are charges that were made again, where those are not recognised.
import type { Database } from '../kit/database/database.ts'
import type { LedgerCharge } from '../ledger/contract.ts'
import type { ChargeOutcome, DeclineReason } from './contract.ts'

export const schemaSql = `
CREATE TABLE IF NOT EXISTS charges (
  order_id uuid NOT NULL,
  charge_id uuid NOT NULL DEFAULT gen_random_uuid(),
  status text NOT NULL CHECK (status IN ('pending', 'charged', 'declined', 'cancelled')),
  amount_cents integer NOT NULL,
  currency text NOT NULL,
  card_brand text,
  card_last4 text,
  decline_reason text,
  ledger_height integer,
  ledger_block_hash text,
  traceparent text,
  retry_at timestamptz NOT NULL DEFAULT now(),
  is_first boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now()
);
-- Of versions whose orders could have one row only, and of those without a ledger.
ALTER TABLE charges DROP CONSTRAINT IF EXISTS charges_pkey;
ALTER TABLE charges
  ADD COLUMN IF NOT EXISTS is_first boolean NOT NULL DEFAULT true,
  ADD COLUMN IF NOT EXISTS ledger_height integer,
  ADD COLUMN IF NOT EXISTS ledger_block_hash text,
  ADD COLUMN IF NOT EXISTS traceparent text,
  ADD COLUMN IF NOT EXISTS retry_at timestamptz NOT NULL DEFAULT now(),
  DROP CONSTRAINT IF EXISTS charges_status_check,
  ADD CONSTRAINT charges_status_check CHECK (status IN ('pending', 'charged', 'declined', 'cancelled')) NOT VALID;
CREATE UNIQUE INDEX IF NOT EXISTS charges_first ON charges (order_id) WHERE is_first;
CREATE INDEX IF NOT EXISTS charges_again ON charges (order_id) WHERE NOT is_first;
CREATE INDEX IF NOT EXISTS charges_id ON charges (charge_id);
CREATE INDEX IF NOT EXISTS charges_pending ON charges (retry_at) WHERE status = 'pending';`

/** How long whoever asks the ledger for a pending charge has it to himself; longer than he asks. */
const LEASE = "interval '2 seconds'"

const RETURNED = `charge_id, status, amount_cents, currency, card_brand, card_last4, decline_reason, traceparent,
  floor(date_part('epoch', created_at) * 1000)::float8 AS authorised_at_ms`

/** What is to be written, if nothing is there yet. */
export type NewCharge =
  | {
      status: 'pending'
      amountCents: number
      currency: 'USD'
      cardBrand: string
      cardLast4: string
      /** Of the request that began it, for whoever has to finish it. */
      traceparent: string | null
    }
  | { status: 'declined'; amountCents: number; currency: string; reason: DeclineReason }
  | { status: 'cancelled' }

/** Authorised, and to be written into the ledger. */
export type PendingCharge = { charge: LedgerCharge; cardBrand: string; cardLast4: string; traceparent: string | null }

type Row = {
  order_id: string
  charge_id: string
  status: 'pending' | 'charged' | 'declined' | 'cancelled'
  amount_cents: number
  currency: 'USD'
  card_brand: string | null
  card_last4: string | null
  decline_reason: DeclineReason | null
  traceparent: string | null
  authorised_at_ms: number
  is_new: boolean
}

export type Settled = {
  outcome: ChargeOutcome
  amountCents: number
  /** Set when the outcome is `pending`. */
  pending: PendingCharge | undefined
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
  /** The ledger has the charge, in this block. False when that was known already. */
  complete(chargeId: string, block: { height: number; hash: string }): Promise<boolean>
  /** Takes up to `limit` pending charges that nobody is asking the ledger for. */
  takePending(limit: number): Promise<PendingCharge[]>
}

export function createPaymentsStore(database: Database): PaymentsStore {
  async function insert(
    orderId: string,
    charge: NewCharge,
    isFirst: boolean,
    onConflict: string,
  ): Promise<Settled | undefined> {
    const [row] = await database.query<Row>(
      `INSERT INTO charges
         (order_id, status, amount_cents, currency, card_brand, card_last4, decline_reason, traceparent, is_first, retry_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + ${LEASE}) ${onConflict}
       RETURNING order_id, ${RETURNED}, xmax = 0 AS is_new`,
      [orderId, charge.status, ...columns(charge), isFirst],
    )
    if (!row) return undefined
    const pending = row.status === 'pending' ? toPending(row) : undefined
    const isRepeated = !row.is_new || !isFirst
    return { outcome: toOutcome(row), amountCents: row.amount_cents, pending, isNew: row.is_new, isRepeated }
  }

  return {
    async settle(orderId, charge) {
      // The empty update makes RETURNING give the row that was there first, in one atomic statement; only an updated row has an xmax.
      const keepFirst = 'ON CONFLICT (order_id) WHERE is_first DO UPDATE SET order_id = EXCLUDED.order_id'
      const settled = await insert(orderId, charge, true, keepFirst)
      if (!settled) throw new Error('an upsert returned no row')
      return settled
    },

    async chargeAgain(orderId, charge) {
      const first = await insert(orderId, charge, true, 'ON CONFLICT DO NOTHING')
      const settled = first ?? (await insert(orderId, charge, false, ''))
      if (!settled) throw new Error('a charge that nothing conflicts with was not written')
      return settled
    },

    async complete(chargeId, { height, hash }) {
      const rows = await database.query(
        `UPDATE charges SET status = 'charged', ledger_height = $2, ledger_block_hash = $3
         WHERE charge_id = $1 AND status = 'pending' RETURNING 1`,
        [chargeId, height, hash],
      )
      return rows.length > 0
    },

    async takePending(limit) {
      const rows = await database.query<Row>(
        `UPDATE charges SET retry_at = now() + ${LEASE} WHERE charge_id IN (
           SELECT charge_id FROM charges WHERE status = 'pending' AND retry_at < now()
           ORDER BY retry_at LIMIT $1 FOR UPDATE SKIP LOCKED)
         RETURNING order_id, ${RETURNED}`,
        [limit],
      )
      return rows.map(toPending)
    },
  }
}

function columns(charge: NewCharge): unknown[] {
  switch (charge.status) {
    case 'pending':
      return [charge.amountCents, charge.currency, charge.cardBrand, charge.cardLast4, null, charge.traceparent]
    case 'declined':
      return [charge.amountCents, charge.currency, null, null, charge.reason, null]
    case 'cancelled':
      return [0, 'USD', null, null, null, null]
  }
}

function toPending(row: Row): PendingCharge {
  return {
    charge: {
      orderId: row.order_id,
      chargeId: row.charge_id,
      amountCents: row.amount_cents,
      currency: row.currency,
      authorisedAtUnixMs: row.authorised_at_ms,
    },
    cardBrand: row.card_brand ?? '',
    cardLast4: row.card_last4 ?? '',
    traceparent: row.traceparent,
  }
}

/** What a pending charge comes to once the ledger has it. */
export function chargedOutcome({ charge, cardBrand, cardLast4 }: PendingCharge): ChargeOutcome {
  const { chargeId, amountCents } = charge
  return { kind: 'charged', chargeId, amountCents, cardBrand, cardLast4 }
}

function toOutcome(row: Row): ChargeOutcome {
  switch (row.status) {
    case 'pending':
      return { kind: 'pending' }
    case 'charged':
      return chargedOutcome(toPending(row))
    case 'declined':
      return { kind: 'declined', reason: row.decline_reason ?? 'card_declined' }
    case 'cancelled':
      return { kind: 'cancelled' }
  }
}
