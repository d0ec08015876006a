import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import { captureLog } from '../../test/captured-log.ts'
import { withDatabase } from '../../test/postgres.ts'
import { serve } from '../../test/serve.ts'
import { defaultKindPolicy } from '../kit/policies/kind-policy.ts'
import { createApp } from './app.ts'
import { createPaymentsMeter } from './meter.ts'
import { createPaymentsStore, type PendingCharge, schemaSql } from './store.ts'

const testDatabase = withDatabase(schemaSql)
const card = { number: '4242424242424242', expiryMonth: 12, expiryYear: 2099, cvc: '123' }

/** Charges one order several times at once and one after another; returns how many charges it has then. */
async function chargeOften(idempotency: boolean): Promise<{
  charges: number
  first: number
  inLedger: number
  distinct: number
  cancelled: string
}> {
  const policy = { ...defaultKindPolicy, idempotency }
  const store = createPaymentsStore(testDatabase.database)
  const { log } = captureLog()
  // As if a majority of the ledger were always there.
  const inLedger = new Set<string>()
  const ledger = {
    commit: async ({ charge }: PendingCharge) => {
      inLedger.add(charge.chargeId)
      await store.complete(charge.chargeId, { height: 1, hash: 'a'.repeat(64) })
      return true
    },
  }
  const meter = createPaymentsMeter(noMetrics)
  const app = await serve(createApp({ store, ledger, meter, now: () => new Date(), policy: () => policy, log }))
  const orderId = randomUUID()
  const charge = async () => {
    const body = { amountCents: 100, currency: 'USD', card }
    const answer = await app.send('PUT', `/charges/${orderId}`, { body })
    expect(answer).toMatchObject({ status: 200, json: { kind: 'charged' } })
    return (answer.json as { chargeId: string }).chargeId
  }
  const ids = [...(await Promise.all([charge(), charge()])), await charge()]
  const cancelled = await app.send('DELETE', `/charges/${orderId}`)
  await app.close()
  const rows = await testDatabase.database.query<{ is_first: boolean }>(
    'SELECT is_first FROM charges WHERE order_id = $1',
    [orderId],
  )
  return {
    charges: rows.length,
    first: rows.filter((row) => row.is_first).length,
    inLedger: inLedger.size,
    distinct: new Set(ids).size,
    cancelled: (cancelled.json as { chargeId: string }).chargeId === ids[2] ? 'is the last' : 'is another',
  }
}

test('an order is charged once, however often that is asked for', async () => {
  expect(await chargeOften(true)).toEqual({ charges: 1, first: 1, inLedger: 1, distinct: 1, cancelled: 'is the last' })
})

test('without idempotency each request charges again, and the first charge still decides', async () => {
  expect(await chargeOften(false)).toEqual({ charges: 3, first: 1, inLedger: 3, distinct: 3, cancelled: 'is another' })
})

test('data of a version with one row an order is taken over', async () => {
  const { database } = testDatabase
  await database.query('DROP TABLE charges')
  await database.query(`CREATE TABLE charges (order_id uuid PRIMARY KEY, charge_id uuid NOT NULL DEFAULT gen_random_uuid(),
    status text NOT NULL, amount_cents integer NOT NULL, currency text NOT NULL, card_brand text, card_last4 text,
    decline_reason text, created_at timestamptz NOT NULL DEFAULT now())`)
  const old = randomUUID()
  await database.query(
    "INSERT INTO charges (order_id, status, amount_cents, currency) VALUES ($1, 'charged', 5, 'USD')",
    [old],
  )
  await database.query(schemaSql)
  await database.query(schemaSql)
  const settled = await createPaymentsStore(database).settle(old, { status: 'cancelled' })
  expect(settled).toMatchObject({ outcome: { kind: 'charged', amountCents: 5 }, isNew: false })
})
