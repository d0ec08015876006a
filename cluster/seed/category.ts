// The shape of a category's seed: vocabulary and drawings, one file a category under categories/.
import type { Paint } from './colours.ts'

/** A sort of product; the catalogue makes one product of each variant. */
export type ProductType = {
  /** Kebab-case, unique in the shop. */
  id: string
  noun: string
  /** Sizes or makes, from the cheapest to the dearest. */
  variants: readonly string[]
  /** Lowest and highest price in cents. */
  priceCents: readonly [number, number]
  /** One sentence that says what it is and why one wants it. */
  about: string
  /** One sentence on material and make. */
  madeOf: string
  tags: readonly string[]
  /** SVG elements on a canvas of 400 by 400, standing on y = 320. */
  draw: (paint: Paint) => string[]
}

export type Category = {
  id: string
  name: string
  tagline: string
  brands: readonly string[]
  /** Last sentences of descriptions; each must be true of every type. */
  uses: readonly string[]
  types: readonly ProductType[]
}
