// The HTTP API of `products`: the catalogue (read from the region's replica) and stock reservations (home region, on the primary).
import { z } from 'zod'
import { defineApi } from '../kit/http/api.ts'

export const ProductId = z.string().regex(/^p-\d{4,6}$/, 'must look like p-0001')

/** Names a position in the primary's write-ahead log; a read that carries it sees at least what was written up to there. */
export const ReadAfter = z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/, 'must be a position such as 0/16B3748')

export const ProductSummary = z.object({
  id: ProductId,
  name: z.string(),
  category: z.string(),
  brand: z.string(),
  priceCents: z.int().nonnegative(),
  currency: z.literal('USD'),
  /** 0 to 5. */
  rating: z.number(),
  imageUrl: z.string(),
})
export type ProductSummary = z.infer<typeof ProductSummary>

export const Product = ProductSummary.extend({
  description: z.string(),
  /** Units that can still be sold: on the shelf less reserved. */
  stock: z.int().nonnegative(),
  tags: z.array(z.string()),
})
export type Product = z.infer<typeof Product>

export const Category = z.object({ id: z.string(), name: z.string(), products: z.int() })
export type Category = z.infer<typeof Category>

export const ProductQuery = z.object({
  category: z.string().max(40).optional(),
  search: z.string().trim().min(1).max(80).optional(),
  sort: z.enum(['relevance', 'price', '-price', '-rating', 'name']).default('relevance'),
  limit: z.coerce.number().int().min(1).max(60).default(24),
  offset: z.coerce.number().int().min(0).max(10_000).default(0),
})

export const ProductPage = z.object({ items: z.array(ProductSummary), total: z.int(), offset: z.int(), limit: z.int() })
export type ProductPage = z.infer<typeof ProductPage>

export const ReservationLine = z.object({
  productId: ProductId,
  name: z.string(),
  quantity: z.int().min(1).max(20),
  unitPriceCents: z.int().nonnegative(),
})
export type ReservationLine = z.infer<typeof ReservationLine>

export const ReservationOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('reserved'), lines: z.array(ReservationLine), totalCents: z.int(), readAfter: ReadAfter }),
  z.object({ kind: z.literal('out_of_stock'), productId: ProductId, available: z.int() }),
  z.object({ kind: z.literal('unknown_product'), productId: ProductId }),
  /** The order was released before: it can't be reserved again. */
  z.object({ kind: z.literal('released') }),
])
export type ReservationOutcome = z.infer<typeof ReservationOutcome>

const ReadAfterHeader = z.object({ 'x-read-after': ReadAfter.optional() })
const OrderParams = z.object({ orderId: z.uuid() })

export const productsApi = defineApi({
  listProducts: {
    method: 'GET',
    path: '/products',
    summary: 'Browse or search the catalogue',
    query: ProductQuery,
    headers: ReadAfterHeader,
    response: ProductPage,
  },
  getProducts: {
    method: 'GET',
    path: '/products/batch',
    summary: 'Several products at once, in the order asked for; unknown ones are left out',
    query: z.object({
      ids: z
        .string()
        .max(1_000)
        .transform((ids) => ids.split(','))
        .pipe(z.array(ProductId).min(1).max(60)),
    }),
    headers: ReadAfterHeader,
    response: z.object({ items: z.array(Product) }),
  },
  getProduct: {
    method: 'GET',
    path: '/products/:productId',
    summary: 'One product with its stock',
    params: z.object({ productId: ProductId }),
    headers: ReadAfterHeader,
    response: Product,
  },
  listCategories: {
    method: 'GET',
    path: '/categories',
    summary: 'All categories',
    response: z.object({ items: z.array(Category) }),
  },
  reserveStock: {
    method: 'PUT',
    path: '/reservations/:orderId',
    summary: 'Reserve stock for an order; repeating it has no further effect',
    params: OrderParams,
    body: z.object({
      items: z
        .array(z.object({ productId: ProductId, quantity: z.int().min(1).max(20) }))
        .min(1)
        .max(30)
        .refine(
          (items) => new Set(items.map((item) => item.productId)).size === items.length,
          'must name each product once',
        ),
    }),
    response: ReservationOutcome,
  },
  releaseStock: {
    method: 'DELETE',
    path: '/reservations/:orderId',
    summary: 'Give an order’s stock back; a later reservation for it is refused',
    params: OrderParams,
    response: z.object({ kind: z.literal('released') }),
  },
})
