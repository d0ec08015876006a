// Charges on a real database with a ledger that fails where the test says: each is charged once, when the ledger has it, and never before.
import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { beforeEach, expect, test, vi } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import { proveAlone } from '../../test/proved-charge.ts'
import { HttpError } from '../kit/http/errors.ts'
import type { Committed, LedgerCharge } from '../ledger/contract.ts'
import { createLedgerCharges } from './ledger-charges.ts'
import { createPaymentsStore, type NewCharge, schemaSql } from './store.ts'

const testDatabase = withDatabase(schemaSql)
const noQuorum = new HttpError(503, 'no_quorum', 'no majority')

/** A ledger that keeps what it takes, with switches: refuse, refuse after it was taken, or give a proof of something else. */
function createLedger() {
  const charges = new Map<string, LedgerCharge>()
  const ledger = {
    charges,
    fault: undefined as 'before' | 'after' | 'forged' | undefined,
    async append({ body }: { body: LedgerCharge }): Promise<Committed> {
      if (ledger.fault === 'before') throw noQuorum
      const charge = charges.get(body.orderId) ?? body
      charges.set(body.orderId, charge)
      if (ledger.fault === 'after') throw noQuorum
      const proved = proveAlone(ledger.fault === 'forged' ? { ...charge, amountCents: 1 } : charge)
      return { ...proved, proof: { ...proved.proof, charge } }
    },
  }
  return ledger
}

let ledger: ReturnType<typeof createLedger>
let onCharged: ReturnType<typeof vi.fn<() => void>>
beforeEach(() => {
  ledger = createLedger()
  onCharged = vi.fn()
})

const store = () => createPaymentsStore(testDatabase.database)
const charges = () => createLedgerCharges({ store: store(), ledger, log: pino({ level: 'silent' }), onCharged })
const pending: NewCharge = {
  status: 'pending',
  amountCents: 2_000,
  currency: 'USD',
  cardBrand: 'visa',
  cardLast4: '4242',
  traceparent: null,
}

async function newPending() {
  const orderId = randomUUID()
  const settled = await store().settle(orderId, pending)
  return { orderId, charge: settled.pending! }
}

/** Lets the time pass that a charge is left to the request that began it. */
async function later(): Promise<void> {
  await testDatabase.database.query(
    "UPDATE charges SET retry_at = now() - interval '1 second' WHERE status = 'pending'",
  )
}

const outcomeOf = async (orderId: string) => (await store().settle(orderId, { status: 'cancelled' })).outcome

test('a charge is done when the ledger has it, and its block is kept', async () => {
  const { orderId, charge } = await newPending()
  expect(await outcomeOf(orderId)).toEqual({ kind: 'pending' })
  expect(await charges().commit(charge)).toBe(true)
  expect(await outcomeOf(orderId)).toMatchObject({ kind: 'charged', amountCents: 2_000, cardLast4: '4242' })
  expect(ledger.charges.get(orderId)).toEqual(charge.charge)
  const [row] = await testDatabase.database.query<{ ledger_height: number; ledger_block_hash: string }>(
    'SELECT ledger_height, ledger_block_hash FROM charges WHERE order_id = $1',
    [orderId],
  )
  expect(row).toEqual({ ledger_height: 1, ledger_block_hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
})

test.each(['before', 'after'] as const)(
  'a ledger that fails %s taking it: pending, then charged once without anybody asking',
  async (fault) => {
    const { orderId, charge } = await newPending()
    ledger.fault = fault
    expect(await charges().commit(charge)).toBe(false)
    expect(await outcomeOf(orderId)).toEqual({ kind: 'pending' })
    await later()
    expect(await charges().commitPending()).toBe(0)
    ledger.fault = undefined
    await later()
    expect(await charges().commitPending()).toBe(1)
    expect(await outcomeOf(orderId)).toMatchObject({ kind: 'charged', chargeId: charge.charge.chargeId })
    await later()
    expect(await charges().commitPending()).toBe(0)
    expect(onCharged).toHaveBeenCalledTimes(1)
  },
)

test('a proof of something else is not believed', async () => {
  const { orderId, charge } = await newPending()
  ledger.fault = 'forged'
  expect(await charges().commit(charge)).toBe(false)
  expect(await outcomeOf(orderId)).toEqual({ kind: 'pending' })
})

test('a charge that a request is working on is left to it', async () => {
  await testDatabase.database.query('DELETE FROM charges')
  await newPending()
  expect(await store().takePending(10)).toEqual([])
  await later()
  expect(await store().takePending(10)).toHaveLength(1)
  expect(await store().takePending(10)).toEqual([])
})

test('two who bring in the same charge count it once', async () => {
  const { charge } = await newPending()
  expect(await Promise.all([charges().commit(charge), charges().commit(charge)])).toEqual([true, true])
  expect(onCharged).toHaveBeenCalledTimes(1)
})

test('a cancelled order is never charged', async () => {
  const orderId = randomUUID()
  await store().settle(orderId, { status: 'cancelled' })
  expect(await store().settle(orderId, pending)).toMatchObject({ outcome: { kind: 'cancelled' }, pending: undefined })
})
