// Looks at the shop's books again and again while everything breaks. A look that a broken database does not allow is counted, not a violation.
import type { Cluster } from '../../cluster/supervisor/cluster.ts'
import { type CheckoutRecord, loadApi, type Report } from '../../services/load/contract.ts'
import { lookAlways, lookForAccepted } from '../invariants/always.ts'
import { LedgerReader } from '../invariants/ledger-books.ts'
import type { Books } from '../invariants/shop-books.ts'
import type { Violation } from '../invariants/violation.ts'
import { ledgerNodesOf } from '../ledger-nodes.ts'

export type Looks = { books: { done: number; impossible: number }; ledger: { done: number; impossible: number } }

export class Watch {
  readonly #cluster: Pick<Cluster, 'supervision'>
  readonly #books: Books
  readonly #members: readonly string[]
  readonly #reader: LedgerReader
  readonly #found = new Map<string, Violation & { atS: number }>()
  readonly looks: Looks = { books: { done: 0, impossible: 0 }, ledger: { done: 0, impossible: 0 } }

  constructor(cluster: Cluster, books: Books, members: readonly string[]) {
    this.#cluster = cluster
    this.#books = books
    this.#members = members
    this.#reader = new LedgerReader(ledgerNodesOf({ cluster }))
  }

  /** Each once, with the second at which it was seen first. */
  get violations(): (Violation & { atS: number })[] {
    return [...this.#found.values()]
  }

  note(violations: readonly Violation[], atS: number): void {
    for (const one of violations) {
      const key = `${one.rule} ${one.orders[0] ?? one.found}`
      if (!this.#found.has(key)) this.#found.set(key, { ...one, atS })
    }
  }

  /** Notes what it finds. Never rejects. */
  async look(atS: number): Promise<void> {
    await Promise.all([this.#lookAtBooks(atS), this.#lookAtLedger(atS)])
  }

  async #lookAtBooks(atS: number): Promise<void> {
    try {
      // First what was told, then what is there: an order that is accepted in between is no lost one.
      const checkouts = await this.checkouts()
      const found = await Promise.all([lookAlways(this.#books), lookForAccepted(this.#books, checkouts)])
      this.note(found.flat(), atS)
      this.looks.books.done++
    } catch {
      this.looks.books.impossible++
    }
  }

  async #lookAtLedger(atS: number): Promise<void> {
    for (const node of this.#members) {
      try {
        await this.#reader.readOn(node)
        this.note(this.#reader.violations(), atS)
        this.looks.ledger.done++
        return
      } catch {
        // Another one has the same chain.
      }
    }
    this.looks.ledger.impossible++
  }

  /** What customers were told so far. Rejects when the load generator does not answer. */
  async checkouts(): Promise<CheckoutRecord[]> {
    return loadApi.checkouts.response.parse(await this.#askLoad(loadApi.checkouts.path)).items
  }

  async report(): Promise<Report> {
    return loadApi.report.response.parse(await this.#askLoad(loadApi.report.path))
  }

  async #askLoad(path: string): Promise<unknown> {
    const processes = await this.#cluster.supervision.processes()
    const address = processes.find(({ kind }) => kind === 'load')?.address
    if (!address) throw new Error('the load generator is not there')
    const response = await fetch(`http://${address}${path}`, { signal: AbortSignal.timeout(10_000) })
    if (!response.ok) throw new Error(`the load generator answered ${response.status}`)
    return response.json()
  }
}
