// What became of each checkout, for whoever compares it with the databases: nothing accepted may be lost, nothing refused may be charged.
import type { CheckoutRecord, Report } from './contract.ts'

const CAPACITY = 20_000

/** By idempotency key; the oldest leave when there are too many. */
export class CheckoutLog {
  readonly #records = new Map<string, CheckoutRecord>()
  readonly #counts: Report['checkouts'] = { accepted: 0, refused: 0, unknown: 0, open: 0 }
  readonly #capacity: number

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity
  }

  /** Called before the first request is sent, so that no accepted order is ever missing here. */
  open(idempotencyKey: string, userId: string): void {
    const open = { state: 'open', orderId: null, totalCents: null, reason: null } as const
    this.#records.set(idempotencyKey, { ...open, idempotencyKey, userId })
    this.#counts.open += 1
    const [oldest] = this.#records.keys()
    if (this.#records.size > this.#capacity && oldest !== undefined) this.#records.delete(oldest)
  }

  /** Sets the final state. One that has left the log already is still counted. */
  close(idempotencyKey: string, outcome: Partial<CheckoutRecord> & Pick<CheckoutRecord, 'state'>): void {
    this.#counts.open -= 1
    this.#counts[outcome.state] += 1
    const record = this.#records.get(idempotencyKey)
    if (record) this.#records.set(idempotencyKey, { ...record, ...outcome })
  }

  counts(): Report['checkouts'] {
    return { ...this.#counts }
  }

  /** Oldest first. */
  records(): CheckoutRecord[] {
    return [...this.#records.values()]
  }
}
