// Partitions between the ledger nodes of a real cluster, by the fault catalogue, while customers shop: a minority refuses, the majority goes
// on, and afterwards no charge is lost or doubled. Also what must not happen while nothing is wrong: elections.
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, openLab } from '../faults/testing/lab.ts'
import type { LedgerCharge } from '../services/ledger/contract.ts'
import { auditLedger } from './ledger-audit.ts'
import { LEDGERS, type LedgerNodes, ledgerNodesOf } from './ledger-nodes.ts'
import { type Shoppers, startShoppers } from './ledger-shoppers.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { until } from './until.ts'

const CUSTOMERS = 6
const HEALTHY_MS = 20_000
const LOOK_EVERY_MS = 500
/** Longer than any step of a test takes; each fault is cleared before. */
const FAULT_S = 180

let running: RunningCluster
let nodes: LedgerNodes
let lab: Lab
let shoppers: Shoppers
const startedAt = new Date()
beforeAll(async () => {
  running = await startTestCluster({ size: 'full', load: 5 })
  nodes = ledgerNodesOf(running)
  lab = openLab({ ...running.cluster.urls, token: running.cluster.token })
  shoppers = startShoppers(running.cluster.urls.shop, CUSTOMERS)
}, 120_000)
afterAll(() => running?.stop())

const newCharge = (): LedgerCharge => ({
  orderId: randomUUID(),
  chargeId: randomUUID(),
  amountCents: 100,
  currency: 'USD',
  authorisedAtUnixMs: Date.now(),
})

const othersOf = (id: string) => LEDGERS.filter((other) => other !== id)

/** Nobody loses a leader without need: at most once it moves to where a majority is nearest. */
test('no election while nothing is wrong, under load', { timeout: 150_000 }, async () => {
  await shoppers.more('before the healthy while', 3)
  const first = await nodes.untilCalm()
  const terms: number[] = []
  for (const endMs = performance.now() + HEALTHY_MS; performance.now() < endMs; await delay(LOOK_EVERY_MS)) {
    const statuses = await Promise.all(LEDGERS.map((id) => nodes.statusOf(id)))
    terms.push(...statuses.map(({ term }) => term))
  }
  expect(Math.min(...terms)).toBeGreaterThanOrEqual(first.term)
  expect(Math.max(...terms) - first.term).toBeLessThanOrEqual(1)
  await shoppers.more('after the healthy while', 1)
})

test('each node cut off from the others in turn: it refuses, they go on', { timeout: 240_000 }, async () => {
  for (const alone of LEDGERS) {
    for (const other of othersOf(alone)) await lab.inject('partition', { from: alone, to: other }, FAULT_S)
    await until(
      `a leader on the side without ${alone}`,
      async () => {
        const statuses = await Promise.all(othersOf(alone).map(nodes.statusOf))
        return statuses.some(({ role }) => role === 'leader')
      },
      30_000,
    )
    // Customers and `payments` reach all three, and whoever is asked alone must not decide anything.
    await until(`${alone} knows that it is alone`, async () => (await nodes.statusOf(alone)).leader === null, 30_000)
    expect(await nodes.send(alone, 'POST', '/charges', newCharge())).toMatchObject({ status: 503 })
    const question = `/charges/${randomUUID()}?consistency=`
    expect(await nodes.send(alone, 'GET', `${question}linearizable`)).toMatchObject({ status: 503 })
    expect(await nodes.send(alone, 'GET', `${question}stale`)).toMatchObject({
      status: 200,
      body: { consistency: 'stale', charge: null },
    })
    const { commitIndex } = await nodes.statusOf(alone)
    await shoppers.more(`while ${alone} is cut off`, 3)
    expect((await nodes.statusOf(alone)).commitIndex, `${alone} has committed alone`).toBe(commitIndex)
    await lab.clearAll()
    await nodes.untilCalm()
  }
})

/** What a leader of old stumbles over: it is heard and hears nobody, or it hears everybody and is not heard. */
test.each([
  [
    'hears nobody',
    'partition',
    (leader: string, other: string) => ({ from: other, to: leader, parameters: { asymmetric: true } }),
  ],
  ['is heard by nobody', 'blackhole', (leader: string, other: string) => ({ from: leader, to: other })],
])('a leader that %s is replaced', { timeout: 180_000 }, async (what, fault, injectionOf) => {
  const { leader, term } = await nodes.untilCalm()
  if (leader === null) throw new Error('a calm ledger without a leader')
  for (const other of othersOf(leader)) await lab.inject(fault, injectionOf(leader, other), FAULT_S)
  await until(
    'another leader, and one only',
    async () => {
      const statuses = await Promise.all(LEDGERS.map(nodes.statusOf))
      const leaders = statuses.filter(({ role }) => role === 'leader')
      return leaders.length === 1 && leaders[0]?.node !== leader && leaders[0] && leaders[0].term > term
    },
    60_000,
  )
  await shoppers.more(`while ${leader} ${what}`, 3)
  await lab.clearAll()
  await nodes.untilCalm()
})

test('the alert for a lost quorum fires while two are frozen, and clears', { timeout: 240_000 }, async () => {
  await lab.inject('freeze', { target: 'ledger-eu' }, FAULT_S)
  await lab.inject('freeze', { target: 'ledger-asia' }, FAULT_S)
  await until('the alert', async () => (await lab.firing()).has('LedgerNoQuorum'), 90_000)
  await lab.clearAll()
  await nodes.untilCalm()
  await until('no alert', async () => !(await lab.firing()).has('LedgerNoQuorum'), 60_000)
  await shoppers.more('after the freeze', 3)
})

test('no charge was lost or doubled by any of it', { timeout: 120_000 }, async () => {
  await shoppers.stop()
  running.cluster.controlPlane.setLoad(0)
  await auditLedger(running, nodes, shoppers.told, startedAt)
})
