// The leader's desk: gathers charges into blocks, has them committed, and tells whoever waits. One block is proposed at once when the disk
// is free; what comes while it is busy makes the next one. A charge that waits already is never put into a second block.
import type { Context, SpanContext } from '@opentelemetry/api'
import { HttpError } from '../../kit/http/errors.ts'
import { type Block, encodeBlock, GENESIS, MAX_CHARGES, sealBlock, type Tip, tipOf } from '../chain/block.ts'
import { type Charge, sameCharge } from '../chain/charge.ts'
import type { ProposeResult } from '../raft/api.ts'
import type { BlockSpans } from './block-spans.ts'

/** Beyond what the network takes to any two regions, and short enough that a checkout can still say "payment pending". */
export const COMMIT_TIMEOUT_MS = 600
/** Blocks that are proposed and not committed. */
const MAX_BLOCKS_UNDER_WAY = 32
/** Charges that wait for a block; beyond it they are refused as busy. */
const MAX_WAITING = 4_096

export type AppenderDeps = {
  spans: BlockSpans
  /** Tip of the chain as applied. */
  tip(): Tip
  /** Place and term that the next proposal would get. */
  next(): { index: number; term: number }
  propose(data: string): ProposeResult
  isBusy(): boolean
  nowUnixMs(): number
  /** Each block that this leader had committed. */
  onCommitted(tookMs: number, span: SpanContext | undefined): void
}

type Waiter = {
  charge: Charge
  context: Context
  answers: { resolve: (block: Block) => void; reject: (error: HttpError) => void }[]
}

type UnderWay = { block: Block; waiters: Waiter[]; sinceMs: number }

export class Appender {
  readonly #deps: AppenderDeps
  readonly #queue: Waiter[] = []
  /** By charge: queued and under way. */
  readonly #waiters = new Map<string, Waiter>()
  /** By place in the log. */
  readonly #underWay = new Map<number, UnderWay>()
  #leads = false
  readonly #untilBegun = new Set<{ resolve: () => void; reject: (error: HttpError) => void }>()
  /** Of the newest block that was proposed. */
  #tip: Tip = GENESIS

  constructor(deps: AppenderDeps) {
    this.#deps = deps
  }

  /** Call it when an entry of this leader's own term was applied: from now on every block in the log is one of ours. */
  begin(): void {
    if (this.#leads) return
    this.#leads = true
    this.#tip = this.#deps.tip()
    for (const { resolve } of this.#untilBegun) resolve()
    this.#untilBegun.clear()
  }

  /** Resolves when this node may append: at once, or when a new leader has caught up. Rejects with a 503 when that takes too long. */
  untilBegun(): Promise<void> {
    if (this.#leads) return Promise.resolve()
    return withinTime(new Promise((resolve, reject) => this.#untilBegun.add({ resolve, reject })))
  }

  /** This node leads no more: whether what is under way will be committed is for its successor to say. */
  end(): void {
    this.#leads = false
    for (const index of this.#underWay.keys()) this.#deps.spans.abandon(index)
    this.#underWay.clear()
    this.#queue.length = 0
    const waiters = [...this.#waiters.values()]
    this.#waiters.clear()
    const error = new HttpError(503, 'leader_changed', 'leadership was lost while the charge was under way; ask again')
    for (const { reject } of [...this.#untilBegun, ...waiters.flatMap(({ answers }) => answers)]) reject(error)
    this.#untilBegun.clear()
  }

  /**
   * Resolves to the block that the charge was committed in. The caller has made sure that it is in none yet.
   * Rejects with a 503 when it takes too long (it may be committed all the same), a 409 when another charge has its id.
   */
  append(charge: Charge, within: Context): Promise<Block> {
    if (!this.#leads) throw new HttpError(503, 'leader_changed', 'this node leads no more; ask again')
    const known = this.#waiters.get(charge.chargeId)
    if (known && !sameCharge(known.charge, charge)) throw chargedOtherwise()
    if (!known && this.#waiters.size >= MAX_WAITING) {
      throw new HttpError(503, 'busy', 'too many charges wait for the ledger; ask again')
    }
    const waiter = known ?? { charge, context: within, answers: [] }
    const block = withinTime(new Promise<Block>((resolve, reject) => waiter.answers.push({ resolve, reject })))
    if (!known) {
      this.#waiters.set(charge.chargeId, waiter)
      this.#queue.push(waiter)
      this.flush()
    }
    return block
  }

  /** Proposes a block if there is anything to propose and now is the time. */
  flush(): void {
    const { isBusy, next, nowUnixMs, propose, spans } = this.#deps
    while (this.#leads && this.#queue.length > 0 && !isBusy() && this.#underWay.size < MAX_BLOCKS_UNDER_WAY) {
      const place = next()
      const batch = this.#queue.slice(0, MAX_CHARGES)
      const charges = batch.map(({ charge }) => charge)
      const block = sealBlock(this.#tip, { ...place, sealedAtUnixMs: nowUnixMs() }, charges)
      // Before it is proposed: the messages that replicate it are sent within the proposal.
      spans.begin(
        block.header,
        batch.map(({ context }) => context),
      )
      this.#underWay.set(place.index, { block, waiters: batch, sinceMs: performance.now() })
      const tipBefore = this.#tip
      this.#tip = tipOf(block)
      this.#queue.splice(0, batch.length)
      const result = propose(encodeBlock(block))
      if (result.kind === 'appended' && result.index === place.index && result.term === place.term) continue
      // It is not in the log. When leadership was lost meanwhile, `end` has told everybody.
      spans.abandon(place.index)
      if (!this.#underWay.delete(place.index)) return
      this.#tip = tipBefore
      this.#queue.unshift(...batch)
      return
    }
  }

  /** A block was applied: if it is one of ours, those who wait for it are told. */
  applied(block: Block, storedBy: readonly string[]): void {
    const { index, term } = block.header
    const underWay = this.#underWay.get(index)
    if (!underWay || underWay.block.header.term !== term) return
    this.#underWay.delete(index)
    const span = this.#deps.spans.quorum(index, storedBy)
    this.#deps.onCommitted(performance.now() - underWay.sinceMs, span)
    for (const { charge, answers } of underWay.waiters) {
      this.#waiters.delete(charge.chargeId)
      for (const { resolve } of answers) resolve(block)
    }
  }
}

export function chargedOtherwise(): HttpError {
  return new HttpError(409, 'charge_differs', 'the ledger has another charge of this id')
}

function withinTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const message = `no majority has stored the charge within ${COMMIT_TIMEOUT_MS} ms; it may still come to be: ask again with the same charge`
      reject(new HttpError(503, 'no_quorum', message))
    }, COMMIT_TIMEOUT_MS)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
