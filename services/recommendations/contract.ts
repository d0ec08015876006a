// The HTTP API of `recommendations`: what a customer may like beside a product.
import { z } from 'zod'
import { defineApi } from '../kit/http/api.ts'
import { ProductId, ProductSummary } from '../products/contract.ts'

export const Recommendations = z.object({
  items: z.array(ProductSummary),
  /** `bought_together` from past orders, or `category` when orders had nothing to say or did not answer. */
  source: z.enum(['bought_together', 'category']),
})
export type Recommendations = z.infer<typeof Recommendations>

export const recommendationsApi = defineApi({
  recommend: {
    method: 'GET',
    path: '/recommendations',
    summary: 'Products that go with a product',
    query: z.object({ productId: ProductId, limit: z.coerce.number().int().min(1).max(12).default(4) }),
    response: Recommendations,
    otherResponses: { 404: 'No such product' },
  },
})
