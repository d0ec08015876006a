// The shop's API as the storefront uses it, and what is worked out of its answers. Pure.

export const regions = [
  { id: 'na', name: 'North America' },
  { id: 'eu', name: 'Europe' },
  { id: 'asia', name: 'Asia' },
] as const
export type RegionId = (typeof regions)[number]['id']

export type ProductSummary = {
  id: string
  name: string
  category: string
  brand: string
  priceCents: number
  rating: number
  imageUrl: string
}
export type Product = ProductSummary & { description: string; stock: number; tags: string[] }
export type Category = { id: string; name: string; products: number }
export type ProductPage = { items: ProductSummary[]; total: number; offset: number; limit: number }
export type BasketItem = { productId: string; quantity: number }
export type Basket = { items: BasketItem[] }
export type Order = {
  id: string
  status: 'pending' | 'payment_pending' | 'confirmed' | 'refused' | 'shipped'
  refusal: string | null
  lines: { productId: string; name: string; quantity: number; unitPriceCents: number }[]
  totalCents: number
  createdAt: string
  trackingNumber: string | null
  readAfter: string | null
}

/** What a customer is looking for, as the address has it. */
export type Browse = { category: string; q: string; sort: string; offset: number }

export const pageSize = 24
export const sorts = [
  { id: 'relevance', name: 'Best match' },
  { id: '-rating', name: 'Best rated' },
  { id: 'price', name: 'Cheapest first' },
  { id: '-price', name: 'Dearest first' },
  { id: 'name', name: 'By name' },
] as const

export function readBrowse(params: URLSearchParams): Browse {
  const offset = Number(params.get('offset') ?? 0)
  return {
    category: params.get('category') ?? '',
    q: (params.get('q') ?? '').trim().slice(0, 80),
    sort: sorts.find(({ id }) => id === params.get('sort'))?.id ?? 'relevance',
    offset: Number.isInteger(offset) && offset >= 0 && offset <= 10_000 ? offset : 0,
  }
}

/** Path below /shop/api. */
export function browsePath({ category, q, sort, offset }: Browse): string {
  const params = new URLSearchParams({ sort, limit: String(pageSize), offset: String(offset) })
  if (category) params.set('category', category)
  if (q) params.set('q', q)
  return `${q ? '/search' : '/products'}?${params}`
}

export function formatPrice(cents: number): string {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(cents / 100)
}

export const steps = ['pending', 'confirmed', 'shipped'] as const

/** How many steps an order has come; -1 for one that was refused. */
export function stepOf(status: Order['status']): number {
  return (steps as readonly string[]).indexOf(status === 'payment_pending' ? 'pending' : status)
}

const refusals: Record<string, string> = {
  card_declined: 'The card was declined. Try another one.',
  insufficient_funds: 'The card has not enough money on it. Try another one.',
  expired_card: 'The card has expired. Try another one.',
  invalid_number: 'That is no card number.',
  out_of_stock: 'Something in the basket is out of stock. Take fewer.',
  unknown_product: 'Something in the basket is not sold any more.',
  interrupted: 'The order was interrupted and nothing was charged. Try again.',
}

export function refusalText(reason: string): string {
  return refusals[reason] ?? `The shop refused the order: ${reason}.`
}

/** The route of a path, so that span names stay few: ids become parameters. */
export function routeOf(path: string): string {
  return path
    .replace(/\?.*$/, '')
    .replace(/\/p-\d+/, '/:productId')
    .replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}/, '/:orderId')
}

/** Cards that the shop's payment service knows; no real one is ever needed. */
export const testCards = [
  { number: '4242424242424242', name: 'Visa, good for it' },
  { number: '5555555555554444', name: 'Mastercard, good for it' },
  { number: '4000000000000002', name: 'Visa, will be declined' },
  { number: '4000000000009995', name: 'Visa, without funds' },
] as const
