// An asymmetric partition: one direction of one link is cut. Everybody is up, and says so; what becomes of a request depends on which.
import { setTimeout as delay } from 'node:timers/promises'
import type { Customer } from '../customer.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

/** Long enough for a request to be under way while the link is cut. */
const CHARGE_MS = 800
/** A customer's request that meets the cut ends with the gateway's patience, which is shortened for that. */
const PATIENCE_MS = 1_000
const CALLS = 'http_client_request_duration_seconds_count'
const ORDERS_MADE = 'SELECT count(*)::int AS n FROM orders'

export const asymmetricPartition: Scenario = {
  id: 'asymmetric-partition',
  size: 'small',
  load: 0,
  async run(stage) {
    const customer = await stage.customer()
    await customer.putIntoBasket('p-0011')
    stage.expect('a basket', (await basketOf(customer)).status === 200)
    await answersStillPass(stage, customer)
    await requestsDoNot(stage, customer)
    await stage.control.clearFaults({})
    await stage.until('the basket again', async () => (await basketOf(customer)).status === 200)
    await answersAreLost(stage, customer)
    await stage.control.clearFaults({})
    await stage.until('the basket again', async () => (await basketOf(customer)).status === 200)
  },
}

const basketOf = (customer: Customer) => customer.send('GET', '/api/basket')

/** gateway-na → orders is cut while a checkout is under way: its answer takes the other direction. */
async function answersStillPass(stage: Stage, customer: Customer): Promise<void> {
  // Nobody else is to lose patience with it.
  await stage.setPolicies({ name: 'timeoutMs', value: 4 * CHARGE_MS, caller: 'orders', callee: 'payments' })
  await stage.inject('slow-replica', { target: 'payments-1', parameters: { delayMs: CHARGE_MS, jitterMs: 0 } })
  const startMs = performance.now()
  const checkout = customer.tryCheckOut()
  await stage.until(
    'the order to be made',
    async () => (await stage.told('payments-1', 'http_server_active_requests')) > 0,
  )
  await cut(stage, 'gateway-na', 'orders')
  const cutAfterMs = performance.now() - startMs
  const { status } = await checkout
  const tookMs = performance.now() - startMs
  stage.expect('the answer of a request that was under way', status === 201, status)
  stage.note('answer across the cut', `${status}, cut at ${cutAfterMs.toFixed(0)} ms, there at ${tookMs.toFixed(0)} ms`)
  stage.expect('the answer to come after the cut', tookMs > cutAfterMs, { tookMs, cutAfterMs })
}

const basketsServed = (stage: Stage) =>
  stage.told('orders-1', 'http_server_request_duration_seconds_count', { http_route: '/baskets/:userId' })

const cut = (stage: Stage, from: string, to: string) =>
  stage.inject('partition', { from, to, parameters: { asymmetric: true } })

async function requestsDoNot(stage: Stage, customer: Customer): Promise<void> {
  const patience = { caller: 'gateway', callee: 'orders' }
  await stage.setPolicies(
    { name: 'timeoutMs', value: PATIENCE_MS, ...patience },
    { name: 'maxAttempts', value: 1, ...patience },
    { name: 'breaker', value: false, ...patience },
  )
  const seen = await basketsServed(stage)
  let startMs = performance.now()
  const slow = await basketOf(customer)
  const waitedMs = performance.now() - startMs
  stage.expect('an error once the gateway has waited', slow.status >= 500 && waitedMs > 0.9 * PATIENCE_MS, slow.status)
  stage.expect('nothing to reach orders', (await basketsServed(stage)) === seen)
  await expectGreen(stage)
  // The way of others to the same node is open.
  const othersServed = () => stage.told('recommendations-1', CALLS, { callee: 'orders', outcome: 'ok' })
  const before = await othersServed()
  await (await fetch(`${await stage.urlOf('recommendations-1')}/recommendations?productId=p-0011`)).text()
  stage.expect('orders to answer others', (await othersServed()) > before)

  await stage.setPolicies(
    { name: 'breaker', value: true, ...patience },
    { name: 'breakerWindowMs', value: 3_000, ...patience },
  )
  const fast = async () => {
    startMs = performance.now()
    const answer = await basketOf(customer)
    return answer.status >= 500 && performance.now() - startMs < 0.5 * PATIENCE_MS
  }
  await stage.until('the breaker to fail at once', fast)
  stage.note(
    'wait for the error, without and with a breaker',
    `${waitedMs.toFixed(0)} ms, ${(performance.now() - startMs).toFixed(0)} ms`,
  )
  await stage.setPolicies({ name: 'breaker', value: false, ...patience })
}

/** What nobody but the callers sees: health checks, scrapes, and what the nodes say themselves. */
async function expectGreen(stage: Stage): Promise<void> {
  for (const node of ['orders-1', 'gateway-na']) {
    const { status } = await fetch(`${await stage.urlOf(node)}/readyz`)
    stage.expect(`/readyz of ${node} to be 200`, status === 200, status)
    stage.expect(`the scrapes of ${node}`, (await stage.value(`min_over_time(up{instance="${node}"}[4s])`)) === 1)
  }
  const { nodes } = await stage.control.getStatus({})
  stage.expect(
    'all nodes to be ready',
    nodes.every(({ ready }) => ready),
    nodes.filter(({ ready }) => !ready),
  )
}

/** The other direction: what was asked for is done, and who asked hears an error. */
async function answersAreLost(stage: Stage, customer: Customer): Promise<void> {
  await customer.putIntoBasket('p-0011')
  const before = await stage.count('orders', 'orders', ORDERS_MADE)
  await cut(stage, 'orders', 'gateway-na')
  const { status } = await customer.tryCheckOut({ key: 'asked-across-a-cut' })
  stage.expect('an error', status >= 500, status)
  await stage.until('the order all the same', async () => (await stage.count('orders', 'orders', ORDERS_MADE)) > before)
  stage.note('answers cut instead', `the customer is told ${status}, and the order is made`)
  await stage.control.clearFaults({})
  // The same key again: the customer gets the order that he has.
  let again = 0
  await stage.until('the same order', async () => {
    again = (await customer.tryCheckOut({ key: 'asked-across-a-cut' })).status
    if (again >= 500) await delay(100)
    return again === 200 || again === 201
  })
  stage.expect('one order', (await stage.count('orders', 'orders', ORDERS_MADE)) === before + 1)
}
