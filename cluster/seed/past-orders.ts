// What was bought before the shop opened its doors: gives "bought together" something to say. Pure.
import type { Customer } from '../../services/load/customers.ts'
import { createRandom, intBetween, pick, type Random, sample, seedFor, uuidOf } from '../../services/load/random.ts'
import type { SeedProduct, SeedSize } from './catalogue.ts'

export type PastOrder = {
  id: string
  customer: Customer
  lines: { product: SeedProduct; quantity: number }[]
  totalCents: number
  /** How long ago it was placed, in ms. */
  ageMs: number
  chargeId: string
  cardBrand: string
  cardLast4: string
  trackingNumber: string
}

const orderCounts = { full: 900, small: 300 } as const satisfies Record<SeedSize, number>
const DAY_MS = 86_400_000

/** Orders of the last sixty days, oldest first, all shipped. Most pair a product with one of its three companions. */
export function buildPastOrders(
  seed: number,
  size: SeedSize,
  products: readonly SeedProduct[],
  customers: readonly Customer[],
): PastOrder[] {
  const random = createRandom(seedFor(seed, 'orders'))
  const companions = new Map(products.map((product) => [product.id, companionsOf(seed, product, products)]))
  const orders = Array.from({ length: orderCounts[size] }, () => {
    const first = pick(random, products)
    const others = drawOthers(random, companions.get(first.id) ?? [], products)
    return buildOrder(random, pick(random, customers), [...new Set([first, ...others])])
  })
  return orders.sort((one, other) => other.ageMs - one.ageMs)
}

/** Two of the same category but of another type, and one from anywhere. */
function companionsOf(seed: number, product: SeedProduct, products: readonly SeedProduct[]): SeedProduct[] {
  const random = createRandom(seedFor(seed, 'companions', product.id))
  const related = products.filter((one) => one.categoryId === product.categoryId && one.typeId !== product.typeId)
  return [...sample(random, related, 2), pick(random, products)]
}

function drawOthers(random: Random, companions: SeedProduct[], products: readonly SeedProduct[]): SeedProduct[] {
  const draw = random()
  if (draw < 0.7) return sample(random, companions, intBetween(random, 1, 2))
  return draw < 0.85 ? [pick(random, products)] : []
}

function buildOrder(random: Random, customer: Customer, products: SeedProduct[]): PastOrder {
  const lines = products.map((product) => ({ product, quantity: random() < 0.8 ? 1 : intBetween(random, 2, 3) }))
  return {
    id: uuidOf(random),
    customer,
    lines,
    totalCents: lines.reduce((sum, { product, quantity }) => sum + product.priceCents * quantity, 0),
    ageMs: Math.round(random() * 60 * DAY_MS),
    chargeId: uuidOf(random),
    cardBrand: pick(random, ['visa', 'mastercard', 'amex']),
    cardLast4: String(intBetween(random, 0, 9_999)).padStart(4, '0'),
    trackingNumber: `FL${String(intBetween(random, 0, 999_999_999)).padStart(9, '0')}`,
  }
}
