// Holds the ledger against `payments`: what one of them has, the other has, once; and the chain of each node against all others'.
import { ledgerApi, Verification } from '../../services/ledger/contract.ts'
import type { LedgerNodes } from '../ledger-nodes.ts'
import type { Books } from './shop-books.ts'
import { type Violation, violation } from './violation.ts'

const PAGE = 32

type Page = { blocks: { header: { height: number }; hash: string; charges: { orderId: string; chargeId: string }[] }[] }
type Place = { orderId: string; height: number; hash: string }

/** The charges of the chain, read on from where it was left: a chain only grows. */
export class LedgerReader {
  readonly #nodes: Pick<LedgerNodes, 'ask'>
  /** By charge. */
  readonly #places = new Map<string, Place>()
  readonly #twice = new Set<string>()
  #nextHeight = 1

  constructor(nodes: Pick<LedgerNodes, 'ask'>) {
    this.#nodes = nodes
  }

  /** Reads what is new at this node. Rejects when the node does not answer. */
  async readOn(node: string): Promise<void> {
    for (;;) {
      const path = `${ledgerApi.readBlocks.path}?from=${this.#nextHeight}&limit=${PAGE}`
      const { blocks } = await this.#nodes.ask<Page>(node, 'GET', path)
      for (const { header, hash, charges } of blocks) {
        for (const { orderId, chargeId } of charges) {
          if (this.#places.has(chargeId)) this.#twice.add(chargeId)
          this.#places.set(chargeId, { orderId, height: header.height, hash })
        }
        this.#nextHeight = header.height + 1
      }
      if (blocks.length < PAGE) return
    }
  }

  get places(): ReadonlyMap<string, Place> {
    return this.#places
  }

  /** Orders that are paid. */
  get orders(): Set<string> {
    return new Set([...this.#places.values()].map(({ orderId }) => orderId))
  }

  /** What must hold at any time. */
  violations(): Violation[] {
    const counts = new Map<string, number>()
    for (const { orderId } of this.#places.values()) counts.set(orderId, (counts.get(orderId) ?? 0) + 1)
    const often = [...counts].flatMap(([orderId, count]) => (count > 1 ? [orderId] : []))
    return [
      ...violation(
        'no charge is in the ledger twice',
        [...this.#twice].map((id) => `charge ${id}`),
      ),
      ...violation('no order is in the ledger twice', often),
    ]
  }
}

/**
 * For a cluster that nobody loads any more: each charge stands in the ledger once and where `payments` says, all chains are whole and equal.
 * Rejects when the ledger does not come to rest.
 */
export async function auditLedgerBooks(
  books: Books,
  nodes: LedgerNodes,
  members: readonly string[],
): Promise<{ paid: Set<string>; violations: Violation[] }> {
  const rows = await books.ask<{
    order_id: string
    charge_id: string
    is_first: boolean
    height: number
    hash: string
  }>(
    'payments',
    `SELECT order_id, charge_id, is_first, ledger_height AS height, ledger_block_hash AS hash FROM charges
     WHERE status = 'charged' AND ledger_height IS NOT NULL`,
  )
  const { tip } = await nodes.untilCalm(members)
  const reader = new LedgerReader(nodes)
  // members are at least one, or the ledger would not have come to rest.
  await reader.readOn(members.at(-1) ?? '')
  const known = new Set(rows.map(({ charge_id }) => charge_id))
  const elsewhere = rows.filter(({ order_id, charge_id, height, hash }) => {
    const place = reader.places.get(charge_id)
    return place && (place.orderId !== order_id || place.height !== height || place.hash !== hash)
  })
  const broken: Violation[] = []
  for (const node of members) {
    const said = Verification.parse(await nodes.ask(node, 'POST', ledgerApi.verify.path))
    const isWhole = said.fault === null && said.blocks === tip.height && said.charges === reader.places.size
    if (!isWhole)
      broken.push({ rule: 'the chain is whole and equal on all nodes', found: JSON.stringify(said), orders: [] })
  }
  return {
    paid: reader.orders,
    violations: [
      ...reader.violations(),
      ...violation(
        'each charge is in the ledger',
        rows.filter(({ charge_id }) => !reader.places.has(charge_id)).map(({ order_id }) => order_id),
      ),
      ...violation(
        'the ledger has nothing but charges',
        [...reader.places].filter(([chargeId]) => !known.has(chargeId)).map(([, { orderId }]) => orderId),
      ),
      ...violation(
        'a charge is in the block that payments names',
        elsewhere.map(({ order_id }) => order_id),
      ),
      ...violation(
        'each charge is the first of its order',
        rows.filter((row) => !row.is_first).map((row) => row.order_id),
      ),
      ...broken,
    ],
  }
}
