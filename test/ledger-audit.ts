// Holds the ledger against `payments`, `orders` and what customers were told: what one of them has, all have, once.
import { expect } from 'vitest'
import { auditLedgerBooks } from './invariants/ledger-books.ts'
import { auditOrders, openOrders } from './invariants/settled-orders.ts'
import { openBooks } from './invariants/shop-books.ts'
import { LEDGERS, type LedgerNodes } from './ledger-nodes.ts'
import type { Told } from './ledger-shoppers.ts'
import type { RunningCluster } from './running-cluster.ts'
import { until } from './until.ts'

/**
 * For a cluster that nobody loads any more. Fails unless each charge stands in the ledger once, all chains are equal and whole, and no
 * order has two charges, since the policy `idempotency` is on.
 * @param startedAt only orders from then on are looked at
 */
export async function auditLedger(
  { cluster }: RunningCluster,
  nodes: LedgerNodes,
  told: Told,
  startedAt: Date,
): Promise<void> {
  const books = openBooks(cluster.databases)
  await until(
    'every order is shipped or refused',
    async () => (await openOrders(books, startedAt)).length === 0,
    60_000,
  )
  const { shipped, violations } = await auditOrders(books, startedAt)
  const ledger = await auditLedgerBooks(books, nodes, LEDGERS)
  expect([...violations, ...ledger.violations]).toEqual([])
  const isPaid = (id: string) => ledger.paid.has(id)
  expect(shipped.filter((id) => !isPaid(id))).toEqual([])
  expect([...told.accepted].filter((id) => !isPaid(id))).toEqual([])
  expect([...told.refused].filter(isPaid)).toEqual([])
}
