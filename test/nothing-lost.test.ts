// Traffic goes on while every node and the primary database are killed in turn. Afterwards each accepted order has exactly one charge,
// one reservation and one shipment, and each refused order has none of them.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCustomer, decliningCard, goodCard } from './customer.ts'
import { lookAlways } from './invariants/always.ts'
import { auditOrders, openOrders } from './invariants/settled-orders.ts'
import { openBooks } from './invariants/shop-books.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { until } from './until.ts'

const CUSTOMERS = 8
const REGIONS = ['na', 'eu', 'asia'] as const
/** What keeps killing apart: long enough for a node to come back, short enough for a test. */
const BETWEEN_KILLS_MS = 900
const RETRY_MS = 150

let running: RunningCluster
beforeAll(async () => {
  running = await startTestCluster({ size: 'full', load: 15 })
}, 120_000)
afterAll(() => running?.stop())

/** What customers were told. */
type Told = { accepted: Set<string>; refused: Set<string>; failures: number }

/** Orders again and again until told to stop; a checkout without a clear answer is repeated with its key, as a browser would. */
async function shopOn(index: number, told: Told, isOver: () => boolean): Promise<void> {
  const customer = createCustomer(running.cluster.urls.shop, REGIONS[index % REGIONS.length])
  await persist(
    () => customer.signUp(),
    (answer) => answer.status === 201,
  )
  for (let round = 0; !isOver(); round++) {
    const productId = `p-${String(1 + ((index * 31 + round * 7) % 200)).padStart(4, '0')}`
    await persist(
      () => customer.putIntoBasket(productId, 1 + (round % 3)),
      (answer) => answer.status === 200,
    )
    const key = `customer-${index}-round-${round}`
    const card = round % 4 === 3 ? decliningCard : goodCard
    const answer = await persist(
      () => customer.checkOut({ key, card }),
      ({ status }) => [201, 402, 409].includes(status),
    )
    if (answer.status === 201) told.accepted.add(answer.body.id)
    else if (answer.body.orderId) told.refused.add(answer.body.orderId)
  }

  /** Repeats a request until its answer is clear. */
  async function persist<T extends { status: number }>(
    send: () => Promise<T>,
    isClear: (answer: T) => boolean,
  ): Promise<T> {
    for (;;) {
      const answer = await send().catch(() => undefined)
      if (answer && isClear(answer)) return answer
      told.failures++
      await delay(RETRY_MS)
    }
  }
}

test('nothing is lost or doubled while everything is killed in turn', { timeout: 240_000 }, async () => {
  const { supervision, databases } = running.cluster
  const nodes = (await supervision.processes())
    .filter(({ role, kind }) => role === 'node' && kind !== 'load')
    .map(({ id }) => id)
  const startedAt = new Date()
  const told: Told = { accepted: new Set(), refused: new Set(), failures: 0 }
  let over = false
  const customers = Array.from({ length: CUSTOMERS }, (_, index) => shopOn(index, told, () => over))

  for (const id of [...nodes, 'postgres-eu', 'postgres-na', 'postgres-na']) {
    await delay(BETWEEN_KILLS_MS)
    await supervision.kill(id)
  }
  await until('everything is back', async () => (await readiness()).every((ready) => ready), 60_000)
  // On a slow machine the kills are over before enough was ordered to say anything.
  const enough = () => told.accepted.size > 20 && told.refused.size > 0
  await until('enough orders', enough, 60_000)
  over = true
  await Promise.all(customers)
  running.cluster.controlPlane.setLoad(0)

  const books = openBooks(databases)
  await until(
    'every order is shipped or refused',
    async () => (await openOrders(books, startedAt)).length === 0,
    60_000,
  )
  const { shipped, refused, violations } = await auditOrders(books, startedAt)
  expect([...violations, ...(await lookAlways(books))]).toEqual([])
  expect(shipped.length).toBeGreaterThan(20)
  expect(refused.length).toBeGreaterThan(0)
  // Customers were told the truth.
  expect([...told.accepted].filter((id) => !shipped.includes(id))).toEqual([])
  expect([...told.refused].filter((id) => !refused.includes(id))).toEqual([])
  expect(told.accepted.size).toBeGreaterThan(20)
  // The kills were felt, or this test shows nothing.
  expect(told.failures).toBeGreaterThan(0)

  async function readiness(): Promise<boolean[]> {
    const registry = running.cluster.controlPlane.registry
    const servers = databases.status().map(({ ready }) => ready === true)
    return [...registry.all().map(({ ready }) => ready), ...servers]
  }
})
