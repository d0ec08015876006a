import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { captureLog } from '../../test/captured-log.ts'
import { withDatabase } from '../../test/postgres.ts'
import { defaultKindPolicy } from '../kit/policies/kind-policy.ts'
import { consumeBatch } from './consumer.ts'
import { createFulfilmentStore, schemaSql } from './store.ts'

// The role is there in a cluster; here it stands for anybody.
const testDatabase = withDatabase(
  schemaSql
    .split('\n')
    .filter((line) => !line.startsWith('GRANT'))
    .join('\n'),
)

/** Delivers one order twice; returns how many shipments it has then, and how many tracking numbers. */
async function deliverTwice(idempotency: boolean): Promise<{ shipments: number; trackingNumbers: number }> {
  const orderId = randomUUID()
  const numbers = new Set<string>()
  const data = { orderId, trace: {} }
  const failures: string[] = []
  for (const id of [randomUUID(), randomUUID()]) {
    await consumeBatch({
      queue: {
        fetch: async () => [{ id, data, redeliveries: 0 }],
        complete: async () => {},
        fail: async (_queue, _id, reason) => void failures.push(reason),
      },
      store: createFulfilmentStore(testDatabase.database),
      orders: {
        markShipped: async ({ body }) => {
          numbers.add(body.trackingNumber)
          return { kind: 'shipped' }
        },
      },
      policy: () => ({ ...defaultKindPolicy, idempotency }),
      log: captureLog().log,
    })
  }
  expect(failures).toEqual([])
  const rows = await testDatabase.database.query('SELECT 1 FROM fulfilment.shipments WHERE order_id = $1', [orderId])
  return { shipments: rows.length, trackingNumbers: numbers.size }
}

test('an order that is delivered twice is shipped once', async () => {
  expect(await deliverTwice(true)).toEqual({ shipments: 1, trackingNumbers: 1 })
})

test('without idempotency it is shipped twice', async () => {
  expect(await deliverTwice(false)).toEqual({ shipments: 2, trackingNumbers: 1 })
})
