// What must be true of a right answer beyond its shape. Pure; each returns what is wrong, in words, or undefined.
import { type Basket, isOpen, type Order } from '../orders/contract.ts'
import type { Product, ProductPage, ProductSummary } from '../products/contract.ts'
import type { PageQuestion } from './shopper.ts'

/** The page is the one that was asked for: its place, its category, its order, and what was searched for stands first. */
export function findFaultInPage(page: ProductPage, asked: PageQuestion): string | undefined {
  const { items } = page
  if (page.limit !== asked.limit || page.offset !== asked.offset) return 'the page is another one than asked for'
  if (items.length > page.limit) return `${items.length} products on a page of ${page.limit}`
  if (items.length !== Math.max(0, Math.min(page.limit, page.total - page.offset))) {
    return `${items.length} products at ${page.offset} of ${page.total}`
  }
  if (new Set(items.map((item) => item.id)).size !== items.length) return 'a product is on the page twice'
  const stranger = asked.category !== undefined && items.find((item) => item.category !== asked.category)
  if (stranger) return `${stranger.id} is of category ${stranger.category}, not ${asked.category}`
  const [first] = items
  if (asked.words !== undefined && (!first || !mentions(first, asked.words))) {
    return `${first ? first.id : 'nothing'} was found first for ${asked.words}`
  }
  return findFaultInOrderOf(items, asked.sort)
}

/** Names are not compared: their order is the database's collation. */
function findFaultInOrderOf(items: readonly ProductSummary[], sort: PageQuestion['sort']): string | undefined {
  const key = {
    price: (item: ProductSummary) => item.priceCents,
    '-price': (item: ProductSummary) => -item.priceCents,
    '-rating': (item: ProductSummary) => -item.rating,
    relevance: () => 0,
    name: () => 0,
  }[sort]
  const misplaced = items.find((item, index) => index > 0 && key(item) < key(items[index - 1] ?? item))
  return misplaced && `${misplaced.id} is out of order by ${sort}`
}

/** The product is the one that was asked for, and is what the list said of it. */
export function findFaultInProduct(product: Product, expected: ProductSummary): string | undefined {
  if (product.id !== expected.id) return `${product.id} instead of ${expected.id}`
  if (product.name !== expected.name) return `${product.id} has another name than in the list`
  if (product.priceCents !== expected.priceCents) return `${product.id} has another price than in the list`
  return undefined
}

/** Whether a search for `words` may find the text: stems of words begin alike. */
export function mentions(product: ProductSummary & Partial<Product>, words: string): boolean {
  const { name, brand, category, description = '', tags = [] } = product
  const text = [name, brand, category, description, ...tags].join(' ').toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word.slice(0, Math.max(4, word.length - 3))))
}

/** After one product was set to `quantity` (0: taken out), all else is as before. `before` is undefined when it was not known. */
export function findFaultInBasket(
  basket: Basket,
  productId: string,
  quantity: number,
  before: Basket | undefined,
): string | undefined {
  const now = quantities(basket)
  if (now.size !== basket.items.length) return 'a product is in the basket twice'
  if ((now.get(productId) ?? 0) !== quantity) return `${now.get(productId) ?? 0} of ${productId} instead of ${quantity}`
  if (!before) return undefined
  const expected = quantities(before)
  expected.set(productId, quantity)
  if (quantity === 0) expected.delete(productId)
  return sameQuantities(now, expected) ? undefined : 'something else in the basket changed'
}

/** The order holds what was in the basket, adds up, and has what its status promises. */
export function findFaultInOrder(order: Order, basket: Basket): string | undefined {
  const isSettled = order.status === 'confirmed' || order.status === 'shipped'
  if (!isSettled) return isOpen(order) ? undefined : `the order is ${order.status}`
  const bought = quantities({ items: order.lines })
  if (!sameQuantities(bought, quantities(basket))) return 'the order is not what was in the basket'
  const total = order.lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0)
  if (order.totalCents !== total) return `a total of ${order.totalCents} for lines that add up to ${total}`
  if (order.status === 'shipped' && order.trackingNumber === null) return 'shipped without a tracking number'
  if (order.readAfter === null) return 'a confirmed order without its position in the log'
  return undefined
}

const ranks = { pending: 0, payment_pending: 0, refused: 1, confirmed: 1, shipped: 2 } as const

/** The order is the same one, later: its status never goes back, and what it cost stays. */
export function findFaultInProgress(before: Order, now: Order): string | undefined {
  if (before.id !== now.id) return `order ${now.id} instead of ${before.id}`
  if (ranks[now.status] < ranks[before.status]) return `the order went back from ${before.status} to ${now.status}`
  if (!isOpen(before) && before.totalCents !== now.totalCents) return "the order's total changed"
  return undefined
}

export function sameBasket(one: Basket, other: Basket): boolean {
  return sameQuantities(quantities(one), quantities(other))
}

function quantities(basket: { items: readonly { productId: string; quantity: number }[] }): Map<string, number> {
  return new Map(basket.items.map(({ productId, quantity }) => [productId, quantity]))
}

function sameQuantities(one: Map<string, number>, other: Map<string, number>): boolean {
  return one.size === other.size && [...one].every(([id, quantity]) => other.get(id) === quantity)
}
