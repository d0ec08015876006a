// One customer's visit: where he is in his journey and what the shop has told him so far.
import type { Region } from '../kit/control/document.ts'
import type { Address, Basket, Order } from '../orders/contract.ts'
import type { Product, ProductSummary } from '../products/contract.ts'
import type { Session } from '../users/contract.ts'
import type { Journey, Step, TestCard } from './journeys.ts'
import { intBetween, type Random } from './random.ts'

/** Somebody with an account. */
export type Account = { email: string; password: string; name: string; region: Region; address: Address }

/** A checkout that was sent; the key stays the same for every repetition. */
export type CheckoutInHand = {
  key: string
  card: TestCard
  basket: Basket
  /** As soon as an answer has named it. */
  orderId?: string
  outcome?: { kind: 'accepted'; totalCents: number } | { kind: 'refused'; reason: string }
  /** The outcome is written down. */
  isSettled?: boolean
}

/** A page of the catalogue as it was asked for. */
export type PageQuestion = {
  category?: string | undefined
  words?: string | undefined
  sort: ProductListSort
  limit: number
  offset: number
}
export type ProductListSort = 'relevance' | 'price' | '-price' | '-rating' | 'name'

export type Shopper = {
  region: Region
  random: Random
  journey: Journey
  /** Index of the step that comes next. */
  position: number
  /** Earlier attempts of that step. */
  attempts: number
  /** When he has thought, in the engine's ms. */
  readyAtMs: number
  account?: Account
  /** He makes the account on this visit. */
  isNew?: boolean
  session?: Session
  categories?: string[]
  /** What `offered` was asked for with; undefined when the shop proposed it. */
  asked?: PageQuestion | undefined
  /** Products to choose the next one from. */
  offered: ProductSummary[]
  chosen?: ProductSummary
  /** The product that he looks at. */
  product?: Product
  /** What he asked to be in the basket last. */
  wanted?: { productId: string; quantity: number }
  /** As the server said last; undefined when that is not known. */
  basket?: Basket
  checkout?: CheckoutInHand
  /** The last order, as last seen, and the basket that it was made of. */
  ordered?: Basket
  order?: Order
}

export function createShopper(region: Region, journey: Journey, random: Random): Shopper {
  return { region, journey, random, position: 0, attempts: 0, readyAtMs: 0, offered: [] }
}

export function nextStep(shopper: Shopper): Step | undefined {
  return shopper.journey.steps[shopper.position]
}

/** How long he thinks before his next step, in ms. */
export function thinkTimeMs(shopper: Shopper, fallback: readonly [number, number]): number {
  const [least, most] = nextStep(shopper)?.thinkMs ?? shopper.journey.thinkMs ?? fallback
  return intBetween(shopper.random, least, most)
}

/** `Authorization` of his session. Throws without one: steps that need it are skipped then. */
export function authorization(shopper: Shopper): { authorization: string } {
  if (!shopper.session) throw new Error('a shopper without a session asks for something of his own')
  return { authorization: `Bearer ${shopper.session.token}` }
}

/** Header that asks to see at least the shopper's own last order. */
export function readAfterHeader({ order }: Shopper): { 'x-read-after'?: string } {
  return order?.readAfter ? { 'x-read-after': order.readAfter } : {}
}
