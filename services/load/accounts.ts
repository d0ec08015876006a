// Who may log in: the seeded customers and those who signed up. One shopper at a time uses an account, so that its basket is its own.
import type { Region } from '../kit/control/document.ts'
import type { Session } from '../users/contract.ts'
import { pick, type Random } from './random.ts'
import type { Account } from './shopper.ts'

export type Known = { account: Account; session?: Session | undefined }

/** Longer than any request may still be at work after its customer gave up. */
const REST_MS = 30_000
/** Beyond it, who signed up is forgotten after his visit. */
const MAX_FREE_PER_REGION = 2_000
/** A session that ends so soon might end within a visit. */
const SESSION_MARGIN_MS = 600_000

export class Accounts {
  readonly #free: Record<Region, Known[]> = { na: [], eu: [], asia: [] }
  #resting: { known: Known; untilMs: number }[] = []

  constructor(accounts: readonly Account[]) {
    for (const account of accounts) this.#free[account.region].push({ account })
  }

  /** A free account of the region, with its last session while that holds; undefined when all are in use. It is nobody else's until given back. */
  take(random: Random, region: Region, nowMs: number): Known | undefined {
    this.#wake(nowMs)
    const free = this.#free[region]
    if (free.length === 0) return undefined
    const taken = pick(random, free)
    // Their order does not matter, so the last one fills the gap.
    const last = free.pop()
    if (last && last !== taken) free[free.indexOf(taken)] = last
    const { account, session } = taken
    const holds = session !== undefined && Date.parse(session.expiresAt) - SESSION_MARGIN_MS > Date.now()
    return holds ? { account, session } : { account }
  }

  /** Ends the use of an account. One that rests comes back later: something of the visit may still be under way. */
  giveBack(known: Known, rests: boolean, nowMs: number): void {
    const free = this.#free[known.account.region]
    if (rests) this.#resting.push({ known, untilMs: nowMs + REST_MS })
    else if (free.length < MAX_FREE_PER_REGION) free.push(known)
  }

  #wake(nowMs: number): void {
    const awake = this.#resting.filter(({ untilMs }) => untilMs <= nowMs)
    if (awake.length === 0) return
    this.#resting = this.#resting.filter(({ untilMs }) => untilMs > nowMs)
    for (const { known } of awake) this.giveBack(known, false, nowMs)
  }
}
