// Requests to charge that are delivered twice, by the fault itself, over real sockets and a real database.
import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { createMetrics } from '../../otel/sdk/metrics/create-metrics.ts'
import { captureLog } from '../../test/captured-log.ts'
import { withDatabase } from '../../test/postgres.ts'
import { scrapeText, seriesValue } from '../../test/scrape.ts'
import { serve } from '../../test/serve.ts'
import { createBalancedCaller } from '../kit/calls/balanced-caller.ts'
import { createFakeControl } from '../kit/calls/fake-cluster.ts'
import { CallFaults } from '../kit/faults/call-faults.ts'
import { active } from '../kit/faults/test-fault.ts'
import { defaultKindPolicy } from '../kit/policies/kind-policy.ts'
import { createApp } from './app.ts'
import { createPaymentsClient } from './client.ts'
import { createPaymentsMeter } from './meter.ts'
import { createPaymentsStore, type PendingCharge, schemaSql } from './store.ts'

const testDatabase = withDatabase(schemaSql)
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const card = { number: '4242424242424242', expiryMonth: 12, expiryYear: 2099, cvc: '123' }
const duplicates = active('duplicate-delivery', {
  probability: 1,
  messages: true,
  requests: true,
  callee: 'payments',
})

async function charge(idempotency: boolean, isFaulty: boolean) {
  const metrics = createMetrics()
  const { log } = captureLog()
  const store = createPaymentsStore(testDatabase.database)
  // As if a majority of the ledger were always there.
  const ledger = {
    commit: ({ charge }: PendingCharge) => store.complete(charge.chargeId, { height: 1, hash: 'a'.repeat(64) }),
  }
  const policy = () => ({ ...defaultKindPolicy, idempotency })
  const app = await serve(
    createApp({ store, ledger, meter: createPaymentsMeter(metrics), now: () => new Date(), policy, log }),
  )
  cleanups.push(() => app.close())
  const endpoint = {
    instance: 'payments-1',
    region: 'na' as const,
    host: '127.0.0.1',
    port: Number(new URL(app.url).port),
  }
  const faults = new CallFaults('orders-1')
  if (isFaulty) faults.apply([duplicates])
  const control = createFakeControl({ endpoints: { payments: [endpoint] } })
  const caller = createBalancedCaller({ callee: 'payments', from: 'na', control, log, faults })
  cleanups.push(() => caller.close())
  const orderId = randomUUID()
  const body = { amountCents: 100, currency: 'USD' as const, card }
  expect(await createPaymentsClient(caller).charge({ params: { orderId }, body })).toMatchObject({ kind: 'charged' })
  const rows = await testDatabase.database.query('SELECT 1 FROM charges WHERE order_id = $1', [orderId])
  const text = scrapeText(metrics)
  const count = (outcome: string) => seriesValue(text, 'shop_repetitions_total', { operation: 'charge', outcome })
  return { charges: rows.length, recognised: count('recognised'), doneAgain: count('done_again') }
}

test('a request that comes once is charged once', async () => {
  expect(await charge(true, false)).toEqual({ charges: 1, recognised: 0, doneAgain: 0 })
})

test('one that is delivered twice is charged once, and recognised', async () => {
  expect(await charge(true, true)).toEqual({ charges: 1, recognised: 1, doneAgain: 0 })
})

test('without idempotency it is charged twice', async () => {
  expect(await charge(false, true)).toEqual({ charges: 2, recognised: 0, doneAgain: 1 })
})
