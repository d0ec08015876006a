// What to recommend, from what is known.
import type { Product, ProductSummary } from '../products/contract.ts'

/** In the order given, without the product itself and without what is sold out; at most `limit`. */
export function pickCompanions(productId: string, candidates: readonly Product[], limit: number): ProductSummary[] {
  return candidates
    .filter(({ id, stock }) => id !== productId && stock > 0)
    .slice(0, limit)
    .map(({ description: _, stock: __, tags: ___, ...summary }) => summary)
}
