// Holds the ledger against `payments`, `orders` and what customers were told: what one of them has, all have, once.
import pg from 'pg'
import { expect } from 'vitest'
import { ledgerApi, Verification } from '../services/ledger/contract.ts'
import { LEDGERS, type LedgerNodes } from './ledger-nodes.ts'
import type { Told } from './ledger-shoppers.ts'
import type { RunningCluster } from './running-cluster.ts'
import { until } from './until.ts'

type ChargeRow = {
  order_id: string
  charge_id: string
  is_first: boolean
  ledger_height: number
  ledger_block_hash: string
}
type Place = { orderId: string; height: number; hash: string }

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
  const orders = new pg.Client(cluster.databases.url('orders', 'orders'))
  const payments = new pg.Client(cluster.databases.url('payments', 'payments'))
  await Promise.all([orders.connect(), payments.connect()])
  try {
    await until(
      'every order is shipped or refused',
      async () => {
        const { rows } = await orders.query<{ open: number }>(
          "SELECT count(*)::int AS open FROM orders WHERE created_at >= $1 AND status NOT IN ('shipped', 'refused')",
          [startedAt],
        )
        return rows[0]?.open === 0
      },
      60_000,
    )
    const shipped = await orders.query<{ id: string }>(
      "SELECT id FROM orders WHERE created_at >= $1 AND status = 'shipped' ORDER BY id",
      [startedAt],
    )
    const charged = await payments.query<ChargeRow>(
      `SELECT order_id, charge_id, is_first, ledger_height, ledger_block_hash FROM charges
       WHERE status = 'charged' AND ledger_height IS NOT NULL`,
    )
    const { tip } = await nodes.untilCalm()
    const inLedger = await readChain(nodes, tip.height)

    expect([...inLedger.keys()].sort()).toEqual(charged.rows.map((row) => row.charge_id).sort())
    for (const row of charged.rows) {
      const { order_id: orderId, ledger_height: height, ledger_block_hash: hash } = row
      expect(inLedger.get(row.charge_id)).toEqual({ orderId, height, hash })
    }
    const paid = [...inLedger.values()].map(({ orderId }) => orderId)
    expect(paid.length, 'an order was charged twice').toBe(new Set(paid).size)
    expect(charged.rows.filter((row) => !row.is_first)).toEqual([])
    const isPaid = (id: string) => paid.includes(id)
    expect(shipped.rows.map(({ id }) => id).filter((id) => !isPaid(id))).toEqual([])
    expect([...told.accepted].filter((id) => !isPaid(id))).toEqual([])
    expect([...told.refused].filter(isPaid)).toEqual([])
    for (const node of LEDGERS) {
      const verification = Verification.parse(await nodes.ask(node, 'POST', ledgerApi.verify.path))
      expect(verification).toEqual({ node, blocks: tip.height, charges: inLedger.size, fault: null })
    }
  } finally {
    await Promise.all([orders.end(), payments.end()])
  }
}

/** By charge. */
async function readChain(nodes: LedgerNodes, height: number): Promise<Map<string, Place>> {
  const found = new Map<string, Place>()
  for (let from = 1; from <= height; from += 32) {
    const page = await nodes.ask<{
      blocks: { header: { height: number }; hash: string; charges: { orderId: string; chargeId: string }[] }[]
    }>('ledger-eu', 'GET', `/blocks?from=${from}&limit=32`)
    for (const { header, hash, charges } of page.blocks) {
      for (const { orderId, chargeId } of charges) {
        expect(found.has(chargeId), `${chargeId} is in the ledger twice`).toBe(false)
        found.set(chargeId, { orderId, height: header.height, hash })
      }
    }
  }
  return found
}
