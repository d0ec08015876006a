// Deliveries that come twice on a real cluster: customers pay once while idempotency is on, and twice as soon as it is off.
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createControlCaller } from '../cluster/cli/control-caller.ts'
import { controlApi } from '../cluster/control-plane/contract.ts'
import type { DatabaseName, DatabaseRole } from '../cluster/topology/kinds.ts'
import { type ClientOf, createClient } from '../services/kit/http/client.ts'
import { createCustomer, type OrderBody } from './customer.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { until } from './until.ts'

let running: RunningCluster
let control: ClientOf<typeof controlApi>
beforeAll(async () => {
  running = await startTestCluster()
  const { urls, token } = running.cluster
  control = createClient(controlApi, createControlCaller(urls.control, token))
}, 120_000)
afterAll(() => running?.stop())
afterEach(async () => {
  await control.clearFaults({})
  await control.resetPolicies({ query: {} })
})

async function count(role: DatabaseRole, database: DatabaseName, sql: string, values: string[] = []): Promise<number> {
  const client = new pg.Client({ connectionString: running.cluster.databases.url(role, database) })
  await client.connect()
  const { rows } = await client.query<{ n: number }>(sql, values)
  await client.end()
  return rows[0]?.n ?? 0
}

/** Orders something, and waits until it has been charged and shipped as often as expected. */
async function order(times: number): Promise<void> {
  const customer = createCustomer(running.cluster.urls.shop)
  await customer.signUp()
  await customer.putIntoBasket('p-0003')
  const { status, body } = await customer.checkOut()
  expect(status).toBe(201)
  await until('the parcel', async () => {
    const answer = await customer.send<OrderBody>('GET', `/api/orders/${body.id}`)
    return answer.body.status === 'shipped'
  })
  const chargesSql = 'SELECT count(*)::int AS n FROM charges WHERE order_id = $1'
  expect(await count('payments', 'payments', chargesSql, [body.id])).toBe(times)
  const shipmentsSql = 'SELECT count(*)::int AS n FROM fulfilment.shipments WHERE order_id = $1'
  await until('all parcels', async () => (await count('fulfilment', 'orders', shipmentsSql, [body.id])) === times)
}

/** Charges and shipments beyond the first of each order, of the whole shop. */
const repeated = async () => [
  await count('payments', 'payments', 'SELECT count(*)::int AS n FROM charges WHERE NOT is_first'),
  await count('fulfilment', 'orders', 'SELECT count(*)::int AS n FROM fulfilment.shipments WHERE NOT is_first'),
]

test('what is delivered twice is charged and shipped once, unless nobody recognises it', async () => {
  await order(1)
  const body = { fault: 'duplicate-delivery', parameters: {}, forS: 120, secret: false }
  expect(await control.injectFault({ body })).toMatchObject({ applied: true })
  for (let round = 0; round < 3; round++) await order(1)
  expect(await repeated()).toEqual([0, 0])
  await control.setPolicy({ params: { name: 'idempotency' }, body: { value: false } })
  await order(2)
  expect(await repeated()).toEqual([1, 1])
  await control.resetPolicies({ query: {} })
  await order(1)
  await control.clearFaults({})
  await order(1)
  expect(await repeated()).toEqual([1, 1])
}, 120_000)
