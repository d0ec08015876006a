// Looking around: pages, lists, products, pictures. Nothing of it needs an account.
import { gatewayApi } from '../../gateway/contract.ts'
import type { CallResponse } from '../../kit/calls/caller.ts'
import type { ProductPage, ProductSummary } from '../../products/contract.ts'
import { type Action, ask, ok, type Verdict, wrong } from '../action.ts'
import { headerOf, type Read, readAnswer, unexpectedStatus } from '../answer.ts'
import { findFaultInPage, findFaultInProduct, mentions } from '../checks.ts'
import { intBetween, pick } from '../random.ts'
import { type PageQuestion, readAfterHeader, type Shopper } from '../shopper.ts'

const PAGE_SIZE = 24
const RECOMMENDATIONS = 4

export const home: Action = {
  request: () => ({ method: 'GET', path: '/', route: '/', headers: {}, idempotent: true }),
  judge(_shopper, answer) {
    if (answer.status !== 200) return unexpectedStatus(answer)
    return holds(answer, 'text/html', '<html') ? ok : wrong('content', 'the home page is not HTML')
  },
}

export const categories: Action = {
  request: () => ask(gatewayApi.categories, {}),
  judge(shopper, answer) {
    const read = readAnswer(gatewayApi.categories, answer)
    if (read.kind === 'verdict') return read.verdict
    const ids = read.body.items.map((category) => category.id)
    if (ids.length === 0) return wrong('inconsistent', 'a shop without categories')
    if (new Set(ids).size !== ids.length) return wrong('inconsistent', 'a category is there twice')
    shopper.categories = ids
    return ok
  },
}

const sorts = ['relevance', 'price', '-price', '-rating', 'name'] as const satisfies PageQuestion['sort'][]

export const browse: Action = {
  request(shopper) {
    const { random } = shopper
    const category = shopper.categories && random() < 0.8 ? pick(random, shopper.categories) : undefined
    const offset = category === undefined ? PAGE_SIZE * intBetween(random, 0, 3) : 0
    const asked = { category, sort: pick(random, sorts), limit: PAGE_SIZE, offset }
    shopper.asked = asked
    return ask(gatewayApi.browse, { query: asked })
  },
  judge: (shopper, answer) => judgePage(shopper, readAnswer(gatewayApi.browse, answer)),
}

export const search: Action = {
  request(shopper, _step, { searches }) {
    const words = pick(shopper.random, searches)
    shopper.asked = { words, sort: 'relevance', limit: PAGE_SIZE, offset: 0 }
    return ask(gatewayApi.search, { query: { q: words, limit: PAGE_SIZE } })
  },
  judge: (shopper, answer) => judgePage(shopper, readAnswer(gatewayApi.search, answer)),
}

function judgePage(shopper: Shopper, read: Read<ProductPage>): Verdict {
  if (read.kind === 'verdict') return read.verdict
  const fault = shopper.asked && findFaultInPage(read.body, shopper.asked)
  if (fault) return wrong('other_than_asked', fault)
  shopper.offered = read.body.items
  return ok
}

export const product: Action = {
  request(shopper) {
    if (shopper.offered.length === 0) return undefined
    const chosen = pick(shopper.random, shopper.offered)
    shopper.chosen = chosen
    return ask(gatewayApi.product, { params: { productId: chosen.id }, headers: readAfterHeader(shopper) })
  },
  judge(shopper, answer) {
    const read = readAnswer(gatewayApi.product, answer)
    if (read.kind === 'verdict') return read.verdict
    const fault = shopper.chosen && findFaultInProduct(read.body, shopper.chosen)
    if (fault) return wrong('other_than_asked', fault)
    const words = shopper.asked?.words
    if (words !== undefined && !mentions(read.body, words)) {
      return wrong('other_than_asked', `${read.body.id} was found for ${words} and does not mention it`)
    }
    shopper.product = read.body
    return ok
  },
}

export const image: Action = {
  request({ product }) {
    if (!product) return undefined
    return { method: 'GET', path: product.imageUrl, route: '/images/:file', headers: {}, idempotent: true }
  },
  judge({ product }, answer) {
    if (answer.status !== 200) return unexpectedStatus(answer)
    const title = `<title>${escapeXml(product?.name ?? '')}</title>`
    return holds(answer, 'image/svg+xml', title) ? ok : wrong('content', `this is not the picture of ${product?.id}`)
  },
}

export const recommendations: Action = {
  request({ product }) {
    if (!product) return undefined
    return ask(gatewayApi.recommendations, { params: { productId: product.id }, query: { limit: RECOMMENDATIONS } })
  },
  judge(shopper, answer) {
    const read = readAnswer(gatewayApi.recommendations, answer)
    if (read.kind === 'verdict') return read.verdict
    const { items } = read.body
    const ids = new Set(items.map((item: ProductSummary) => item.id))
    if (ids.size !== items.length) return wrong('inconsistent', 'a product is recommended twice')
    if (items.length > RECOMMENDATIONS) return wrong('other_than_asked', `${items.length} recommendations`)
    if (shopper.product && ids.has(shopper.product.id))
      return wrong('inconsistent', 'a product is recommended with itself')
    if (items.length > 0) {
      shopper.offered = items
      shopper.asked = undefined
    }
    return ok
  },
}

function holds(answer: CallResponse, contentType: string, text: string): boolean {
  return (headerOf(answer, 'content-type') ?? '').startsWith(contentType) && answer.body.includes(text)
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
