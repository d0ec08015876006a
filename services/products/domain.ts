// Decisions about stock and search, without a database.
import type { z } from 'zod'
import type { ProductQuery, ReservationLine, ReservationOutcome } from './contract.ts'

export type ListQuery = z.output<typeof ProductQuery>
export type RequestedItem = { productId: string; quantity: number }

/** A product's row as it is while it is locked for a reservation. */
export type StockRow = { id: string; name: string; priceCents: number; available: number }

/** A `ReservationOutcome` before the transaction's log position is known. */
export type ReservationDecision =
  | { kind: 'reserved'; lines: ReservationLine[] }
  | Exclude<ReservationOutcome, { kind: 'reserved' }>

/** All or nothing: the first item that can't be served decides. Lines keep the order of `items`, and today's name and price. */
export function decideReservation(items: readonly RequestedItem[], stock: readonly StockRow[]): ReservationDecision {
  const rows = new Map(stock.map((row) => [row.id, row]))
  const lines: ReservationLine[] = []
  for (const { productId, quantity } of items) {
    const row = rows.get(productId)
    if (!row) return { kind: 'unknown_product', productId }
    if (row.available < quantity) return { kind: 'out_of_stock', productId, available: row.available }
    lines.push({ productId, name: row.name, quantity, unitPriceCents: row.priceCents })
  }
  return { kind: 'reserved', lines }
}

export function totalCents(lines: readonly ReservationLine[]): number {
  return lines.reduce((total, line) => total + line.quantity * line.unitPriceCents, 0)
}

/**
 * What a customer typed as a `to_tsquery` of PostgreSQL: every word must be there, and the last one may be unfinished.
 * `'Coffee grin'` makes `'coffee & grin:*'`; text without a word makes `''`.
 */
export function toSearchQuery(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu)
  return words ? `${words.join(' & ')}:*` : ''
}
