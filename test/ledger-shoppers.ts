// Customers who order again and again, and remember what they were told, to be held against the ledger afterwards.
import { setTimeout as delay } from 'node:timers/promises'
import { createCustomer, decliningCard, goodCard } from './customer.ts'
import { until } from './until.ts'

const REGIONS = ['na', 'eu', 'asia'] as const
const RETRY_MS = 200

/** Orders, by what customers were told of them. */
export type Told = { accepted: Set<string>; refused: Set<string>; pending: Set<string> }

export type Shoppers = {
  told: Told
  /** Resolves when so many more orders were accepted. */
  more(what: string, count: number): Promise<void>
  /** Resolves when the last of them has an answer. */
  stop(): Promise<void>
}

/** @param shop URL of the frontdoor */
export function startShoppers(shop: string, customers: number): Shoppers {
  const told: Told = { accepted: new Set(), refused: new Set(), pending: new Set() }
  let over = false
  const all = Array.from({ length: customers }, (_, index) => shopOn(shop, index, told, () => over))
  return {
    told,
    async more(what, count) {
      const before = told.accepted.size
      await until(`${count} more orders ${what}`, () => told.accepted.size >= before + count, 60_000)
    },
    async stop() {
      over = true
      await Promise.all(all)
    },
  }
}

/** A checkout whose outcome is not known yet is repeated with its key, as a browser would. */
async function shopOn(shop: string, index: number, told: Told, isOver: () => boolean): Promise<void> {
  const customer = createCustomer(shop, REGIONS[index % REGIONS.length])
  const persist = async <T extends { status: number }>(send: () => Promise<T>, statuses: number[]): Promise<T> => {
    for (;;) {
      const answer = await send().catch(() => undefined)
      if (answer && statuses.includes(answer.status)) return answer
      await delay(RETRY_MS)
    }
  }
  await persist(() => customer.signUp(), [201])
  for (let round = 0; !isOver(); round++) {
    const productId = `p-${String(1 + ((index * 31 + round * 7) % 200)).padStart(4, '0')}`
    await persist(() => customer.putIntoBasket(productId), [200])
    const options = { key: `ledger-${index}-round-${round}`, card: round % 5 === 4 ? decliningCard : goodCard }
    const first = await persist(() => customer.tryCheckOut(options), [201, 202, 402, 409])
    if (first.status === 202) told.pending.add(first.body.id)
    const answer = first.status === 202 ? await persist(() => customer.tryCheckOut(options), [201, 402, 409]) : first
    if (answer.status === 201) told.accepted.add(answer.body.id)
    else if (answer.body.orderId) told.refused.add(answer.body.orderId)
  }
}
