// What a delivery of a message comes to, and the tracking number that an order gets.
import { createHash } from 'node:crypto'
import { OrderConfirmed } from './contract.ts'

export type Reading = { kind: 'order'; message: OrderConfirmed } | { kind: 'malformed'; reason: string }

/** A message that can't be read is not thrown away: it goes the way of all failures, to the dead letters. */
export function readMessage(data: unknown): Reading {
  const parsed = OrderConfirmed.safeParse(data)
  if (parsed.success) return { kind: 'order', message: parsed.data }
  return {
    kind: 'malformed',
    reason: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
  }
}

/** The same for every delivery of an order, so that a second one changes nothing: `FL` and twelve digits. */
export function trackingNumberOf(orderId: string): string {
  const digest = createHash('sha256').update(orderId).digest()
  return `FL${String(digest.readBigUInt64BE(0) % 1_000_000_000_000n).padStart(12, '0')}`
}
