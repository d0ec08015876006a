// A shop in memory that answers every request of the load generator as the public contract says. Tests break it on purpose.
import { randomUUID } from 'node:crypto'
import type { CallResponse } from '../kit/calls/caller.ts'
import type { Basket, Order } from '../orders/contract.ts'
import type { Product } from '../products/contract.ts'
import type { ShopRequest } from './action.ts'

export type Answer = { status: number; headers?: Record<string, string>; body: unknown }
/** Changes a right answer into another one. */
export type Break = (answer: Answer, request: ShopRequest) => Answer

const categoryIds = ['kitchen', 'audio']
const products: Product[] = Array.from({ length: 40 }, (_, index) => ({
  id: `p-${String(index + 1).padStart(4, '0')}`,
  name: `Lumen ${index % 2 === 0 ? 'Kettle' : 'Lamp'} No. ${index + 1} & Co`,
  category: categoryIds[index % 2] ?? 'kitchen',
  brand: 'Lumen',
  priceCents: 1_000 + index,
  currency: 'USD',
  rating: 4,
  imageUrl: `/images/p-${index + 1}.svg`,
  description: 'Good.',
  stock: 1_000,
  tags: [],
}))

export type TestShop = {
  requests: { request: ShopRequest; region: string; answer: Answer }[]
  /** By idempotency key. */
  orders: Map<string, Order>
  send(request: ShopRequest, region: string): Promise<CallResponse>
}

export function createTestShop(breakIt: Break = (answer) => answer): TestShop {
  const sessions = new Map<string, string>()
  const accounts = new Map<string, string>()
  const baskets = new Map<string, Basket>()
  const orders = new Map<string, Order>()
  const stock = new Map(products.map((product) => [product.id, product.stock]))
  const requests: TestShop['requests'] = []

  const full = (id: string | undefined): Product => {
    const found = products.find((product) => product.id === id)
    if (!found) throw new Error(`the test shop has no ${id}`)
    return { ...found, stock: stock.get(found.id) ?? 0 }
  }
  const summary = ({ description: _, stock: __, tags: ___, ...rest }: Product) => rest
  const page = (matching: Product[], search: URLSearchParams) => {
    const limit = Number(search.get('limit') ?? 24)
    const offset = Number(search.get('offset') ?? 0)
    const by = { price: 1, '-price': -1 }[search.get('sort') ?? ''] ?? 0
    const sorted = [...matching].sort((one, other) => by * (one.priceCents - other.priceCents))
    return { items: sorted.slice(offset, offset + limit).map(summary), total: matching.length, offset, limit }
  }
  const session = (email: string, region: string): Answer => {
    const id = accounts.get(email) ?? randomUUID()
    accounts.set(email, id)
    const token = randomUUID()
    sessions.set(token, id)
    const expiresAt = new Date(Date.now() + 43_200_000).toISOString()
    return { status: 201, body: { user: { id, email, name: 'Somebody', region }, token, expiresAt } }
  }

  function placeOrder(userId: string, key: string, basket: Basket, refusal: Order['refusal']): Order {
    const lines = basket.items.map(({ productId, quantity }) => {
      const { name, priceCents } = full(productId)
      return { productId, name, quantity, unitPriceCents: priceCents }
    })
    if (!refusal) {
      for (const { productId, quantity } of lines) stock.set(productId, (stock.get(productId) ?? 0) - quantity)
      baskets.set(userId, { items: [] })
    }
    const totalCents = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0)
    const base = { id: randomUUID(), userId, refusedProductId: null, trackingNumber: null, currency: 'USD' } as const
    const createdAt = new Date().toISOString()
    const order: Order = refusal
      ? { ...base, status: 'refused', refusal, lines: [], totalCents: 0, createdAt, readAfter: null }
      : { ...base, status: 'confirmed', refusal: null, lines, totalCents, createdAt, readAfter: '0/16B3748' }
    orders.set(key, order)
    return order
  }

  function checkout(userId: string, key: string, body: { card: { number: string; expiryYear: number } }): Answer {
    const refusal = refusalOf(body.card)
    const basket = baskets.get(userId) ?? { items: [] }
    const order = orders.get(key) ?? placeOrder(userId, key, basket, refusal)
    if (order.status !== 'refused') return { status: 201, body: order }
    return problem(402, order.refusal ?? '', { orderId: order.id })
  }

  function answer(request: ShopRequest, region: string): Answer {
    const url = new URL(request.path, 'http://shop')
    const [, , , id = ''] = url.pathname.split('/')
    const body = request.body === undefined ? undefined : JSON.parse(request.body)
    const userId = sessions.get(request.headers.authorization?.slice(7) ?? '') ?? ''
    const basket = baskets.get(userId) ?? { items: [] }
    const others = (productId: string) => basket.items.filter((item) => item.productId !== productId)
    const setBasket = (items: Basket['items']): Answer => {
      baskets.set(userId, { items })
      return { status: 200, body: { items } }
    }
    switch (`${request.method} ${request.route}`) {
      case 'GET /':
        return { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html><html></html>' }
      case 'GET /images/:file': {
        const product = products.find(({ imageUrl }) => imageUrl === url.pathname)
        const svg = `<svg><title>${product?.name.replace('&', '&amp;')}</title></svg>`
        return { status: 200, headers: { 'content-type': 'image/svg+xml' }, body: svg }
      }
      case 'GET /api/categories':
        return { status: 200, body: { items: categoryIds.map((name) => ({ id: name, name, products: 20 })) } }
      case 'GET /api/products': {
        const category = url.searchParams.get('category')
        const found = products.filter((product) => category === null || product.category === category)
        return { status: 200, body: page(found, url.searchParams) }
      }
      case 'GET /api/search': {
        const words = url.searchParams.get('q') ?? ''
        const found = products.filter(({ name }) => name.toLowerCase().includes(words))
        return { status: 200, body: page(found, url.searchParams) }
      }
      case 'GET /api/products/:productId':
        return { status: 200, body: full(id) }
      case 'GET /api/products/:productId/recommendations': {
        const items = products.filter((product) => product.id !== id).slice(0, 4)
        return { status: 200, body: { items: items.map(summary), source: 'category' } }
      }
      case 'POST /api/users':
      case 'POST /api/sessions':
        return session(body.email, body.region ?? region)
      case 'GET /api/basket':
        return { status: 200, body: basket }
      case 'PUT /api/basket/items/:productId': {
        const productId = url.pathname.split('/').at(-1) ?? ''
        return setBasket([...others(productId), { productId, quantity: body.quantity }])
      }
      case 'DELETE /api/basket/items/:productId':
        return setBasket(others(url.pathname.split('/').at(-1) ?? ''))
      case 'POST /api/checkout':
        return checkout(userId, request.headers['idempotency-key'] ?? '', body)
      case 'GET /api/orders': {
        const own = [...orders.values()].filter((order) => order.userId === userId).reverse()
        return { status: 200, body: { items: own.slice(0, 10) } }
      }
      case 'GET /api/orders/:orderId':
        return { status: 200, body: [...orders.values()].find((order) => order.id === id) }
      default:
        throw new Error(`the test shop does not know ${request.method} ${request.route}`)
    }
  }

  return {
    requests,
    orders,
    async send(request, region) {
      const broken = breakIt(answer(request, region), request)
      requests.push({ request, region, answer: broken })
      return respond(broken)
    },
  }
}

export function problem(status: number, code: string, more: object = {}): Answer {
  return { status, body: { type: 'about:blank', title: code, status, code, detail: code, ...more } }
}

export function respond({ status, headers = {}, body }: Answer): CallResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { status, headers, body: Buffer.from(text ?? ''), instance: 'frontdoor-1' }
}

function refusalOf({ number, expiryYear }: { number: string; expiryYear: number }): Order['refusal'] {
  if (expiryYear < 2026) return 'expired_card'
  if (number === '4000000000000002') return 'card_declined'
  return number === '4000000000009995' ? 'insufficient_funds' : null
}
