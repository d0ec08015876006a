// A failover: the primary is killed while customers check out, a replica takes over, and each order that was accepted is there.
import { setTimeout as delay } from 'node:timers/promises'
import type { Customer } from '../customer.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const CUSTOMERS = 6
const REGIONS = ['na', 'eu', 'asia'] as const
const BEFORE_IT = 15
const AFTER_IT = 6
const RETRY_MS = 200

type Books = { accepted: Set<string>; failures: number; isOver: boolean }

export const failover: Scenario = {
  id: 'failover',
  size: 'full',
  load: 0,
  async run(stage) {
    await stage.setPolicies({ name: 'synchronousReplication', value: 'any' })
    const books: Books = { accepted: new Set(), failures: 0, isOver: false }
    const customers = await Promise.all(
      Array.from({ length: CUSTOMERS }, (_, index) => stage.customer(REGIONS[index % 3])),
    )
    const shopping = customers.map((customer, index) => shopOn(customer, index, books))
    try {
      await stage.until('orders', () => books.accepted.size >= BEFORE_IT, 60_000)
      stage.expect('no failure before it', books.failures === 0, books.failures)
      const promoted = await failOver(stage, books)
      await expectAllThere(stage, books, `on ${promoted}`)
      await stage.control.clearFaults({})
      await stage.until(
        'the old primary to have its place again',
        async () => (await primaryOf(stage)) === 'postgres-na',
        120_000,
      )
      const before = books.accepted.size
      await stage.until('orders on it', () => books.accepted.size >= before + AFTER_IT, 60_000)
    } finally {
      books.isOver = true
    }
    await Promise.all(shopping)
    await expectAllThere(stage, books, 'on the old primary')
    const twice = await stage.count('payments', 'payments', 'SELECT count(*)::int AS n FROM charges WHERE NOT is_first')
    stage.expect('nobody to be charged twice', twice === 0, twice)
    stage.note(
      'accepted orders',
      `${books.accepted.size}, none lost, none charged twice, ${books.failures} requests failed meanwhile`,
    )
  },
}

/** Has the primary killed, and resolves to the name of the next one when orders are accepted again. */
async function failOver(stage: Stage, books: Books): Promise<string> {
  const before = books.failures
  await stage.inject('failover', { target: 'postgres-na', parameters: { detectedAfterS: 1, backAfterS: 2 } })
  const startMs = performance.now()
  await stage.until('errors while there is no primary', () => books.failures > before)
  let promoted = 'postgres-na'
  await stage.until('a promotion', async () => {
    promoted = await primaryOf(stage)
    return promoted !== 'postgres-na' && promoted !== ''
  })
  const soFar = books.accepted.size
  await stage.until('orders again', () => books.accepted.size >= soFar + AFTER_IT, 90_000)
  stage.note(
    `from the kill to ${AFTER_IT} further orders`,
    `${((performance.now() - startMs) / 1_000).toFixed(1)} s, on ${promoted}`,
  )
  return promoted
}

async function primaryOf(stage: Stage): Promise<string> {
  const { nodes } = await stage.control.getStatus({})
  return nodes.find(({ role, ready }) => role === 'primary' && ready)?.id ?? ''
}

/** Whatever a customer was told is ordered is confirmed, and charged once. */
async function expectAllThere(stage: Stage, { accepted }: Books, where: string): Promise<void> {
  const ids = [...accepted]
  const orders = "SELECT count(*)::int AS n FROM orders WHERE id = ANY($1) AND status IN ('confirmed', 'shipped')"
  const charges = "SELECT count(*)::int AS n FROM charges WHERE order_id = ANY($1) AND status = 'charged' AND is_first"
  const ordered = await stage.count('orders', 'orders', orders, [ids])
  stage.expect(`all ${ids.length} orders ${where}`, ordered === ids.length, ordered)
  const charged = await stage.count('payments', 'payments', charges, [ids])
  stage.expect(`all ${ids.length} charges ${where}`, charged === ids.length, charged)
}

/** Orders again and again; a checkout without a clear answer is repeated with its key. */
async function shopOn(customer: Customer, index: number, books: Books): Promise<void> {
  const persist = async <T extends { status: number }>(send: () => Promise<T>): Promise<T | undefined> => {
    while (!books.isOver) {
      const answer = await send().catch(() => undefined)
      if (answer && answer.status < 500 && answer.status !== 202 && answer.status !== 429) return answer
      if (answer?.status !== 202) books.failures++
      await delay(RETRY_MS)
    }
    return undefined
  }
  for (let round = 0; !books.isOver; round++) {
    const productId = `p-${String(1 + ((index * 31 + round * 7) % 200)).padStart(4, '0')}`
    await persist(() => customer.putIntoBasket(productId))
    const answer = await persist(() => customer.tryCheckOut({ key: `failover-${index}-${round}-${process.pid}` }))
    if (answer?.status === 201) books.accepted.add(answer.body.id)
  }
}
