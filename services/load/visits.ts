// How a visit begins and ends: who comes, with which account, and what is known of his order when he leaves.
import type { Region } from '../kit/control/document.ts'
import type { Accounts } from './accounts.ts'
import type { CheckoutLog } from './checkout-log.ts'
import type { Journeys } from './journeys.ts'
import { createRandom, pickWeighted, seedFor } from './random.ts'
import { createShopper, type Shopper } from './shopper.ts'

export type VisitsDeps = { journeys: Journeys; accounts: Accounts; checkouts: CheckoutLog; seed: number }

export class Visits {
  readonly #deps: VisitsDeps
  #count = 0

  constructor(deps: VisitsDeps) {
    this.#deps = deps
  }

  /** Somebody new. Each has a randomness of his own, so what he does depends on the seed and his number only, and on the answers. */
  welcome(nowMs: number): Shopper {
    const { journeys, accounts, seed } = this.#deps
    const random = createRandom(seedFor(seed, 'visit', this.#count))
    const opening = this.#count === 0 ? journeys.journeys.find(({ name }) => name === journeys.opening) : undefined
    this.#count += 1
    // The schema's keys are regions.
    const regions = Object.keys(journeys.regions) as Region[]
    const region = pickWeighted(random, regions, (name) => journeys.regions[name])
    const journey = opening ?? pickWeighted(random, journeys.journeys, ({ weight }) => weight)
    const shopper = createShopper(region, journey, random)
    if (!journey.steps.some((step) => step.do === 'logIn')) return shopper
    const known = accounts.take(random, region, nowMs)
    if (known) shopper.account = known.account
    if (known?.session && random() < journeys.rememberSessions) shopper.session = known.session
    return shopper
  }

  /** The checkout's outcome is written down as soon as it is known, for he may go on thinking for long. */
  settleCheckout({ checkout }: Shopper): void {
    if (!checkout?.outcome || checkout.isSettled) return
    const { key, orderId = null, outcome } = checkout
    checkout.isSettled = true
    this.#deps.checkouts.close(
      key,
      outcome.kind === 'accepted'
        ? { state: 'accepted', orderId, totalCents: outcome.totalCents }
        : { state: 'refused', orderId, reason: outcome.reason },
    )
  }

  /** @param isUnsettled whether something that he asked for may still happen, so that his account must rest */
  leave(shopper: Shopper, isUnsettled: boolean, nowMs: number): void {
    const { account, session, checkout } = shopper
    if (checkout && !checkout.outcome) {
      // The order may still come about and empty the basket, whenever that is: the account is not used again.
      this.#deps.checkouts.close(checkout.key, { state: 'unknown', orderId: checkout.orderId ?? null })
      return
    }
    if (!account || (shopper.isNew && !session)) return
    this.#deps.accounts.giveBack({ account, session }, isUnsettled, nowMs)
  }
}
