// The catalogue: pure, so the same seed and size always give the same products. Writing it anywhere is not its job.
import { createRandom, intBetween, pick, type Random, sample, seedFor } from '../../services/load/random.ts'
import { categories } from './categories.ts'
import type { Category, ProductType } from './category.ts'
import { type Colourway, colourways } from './colours.ts'

export type SeedSize = 'small' | 'full'

export type SeedProduct = {
  /** `p-0001` and on. */
  id: string
  name: string
  brand: string
  categoryId: string
  description: string
  priceCents: number
  /** 0 to 5, one decimal. */
  rating: number
  stock: number
  tags: string[]
  typeId: string
  colourway: Colourway
}

/** Names of product lines; no two products of a type share one. */
const lines = (
  'Alder Birch Cirrus Delta Ember Fjord Grove Halo Isle Juniper Kestrel Larch ' +
  'Mistral Nova Orbit Pine Quarry Reed Solace Tide Umber Vale Willow Zephyr'
).split(' ')

/** 240 products for `full` and 120 for `small`, evenly over 12 categories and 60 types. */
export function buildCatalogue(seed: number, size: SeedSize): SeedProduct[] {
  const perType = size === 'full' ? 4 : 2
  const products = categories.flatMap((category) =>
    category.types.flatMap((type) => buildType(seed, category, type, perType)),
  )
  return products.map((product, index) => ({ id: `p-${String(index + 1).padStart(4, '0')}`, ...product }))
}

function buildType(seed: number, category: Category, type: ProductType, count: number): Omit<SeedProduct, 'id'>[] {
  const random = createRandom(seedFor(seed, 'product', type.id))
  const names = sample(random, lines, count)
  const colours = sample(random, colourways, count)
  return type.variants.slice(0, count).map((variant, index) => {
    const brand = pick(random, category.brands)
    const colourway = colours[index] ?? pick(random, colourways)
    return {
      name: nameOf(category, type, brand, names[index] ?? pick(random, lines), variant, colourway),
      brand,
      categoryId: category.id,
      description: `${type.about} ${type.madeOf} ${pick(random, category.uses)}`,
      priceCents: charmPrice(random, type.priceCents, index / Math.max(1, type.variants.length - 1)),
      rating: Math.round((3.6 + 1.3 * Math.sqrt(random())) * 10) / 10,
      stock: stockOf(random),
      tags: [...type.tags, ...(category.id === 'books' ? [] : [colourway.name.toLowerCase()])],
      typeId: type.id,
      colourway,
    }
  })
}

function nameOf(
  category: Category,
  type: ProductType,
  brand: string,
  line: string,
  variant: string,
  colourway: Colourway,
): string {
  // Books have titles, everything else has a maker, a line and a colour.
  if (category.id === 'books') return `${variant}: ${articleFor(type.noun)} ${type.noun}`
  return `${brand} ${line} ${type.noun} ${variant}, ${colourway.name}`
}

function articleFor(noun: string): string {
  return /^[AEIOU]/.test(noun) ? 'An' : 'A'
}

/** A price that ends in 90, 95 or 99; dearer variants cost more. `step` is the variant's place from 0 to 1. */
function charmPrice(random: Random, [low, high]: readonly [number, number], step: number): number {
  // Variants are spread geometrically, since the dearest of a type often costs a multiple of the cheapest.
  const raw = low * (high / low) ** step * (0.94 + random() * 0.12)
  return Math.max(1, Math.round(raw / 100)) * 100 - pick(random, [1, 5, 10])
}

/** Units on the shelf: mostly some thousands, so that load does not sell the shop empty within the hour. */
function stockOf(random: Random): number {
  return random() < 0.15 ? intBetween(random, 280, 900) : intBetween(random, 1_500, 9_500)
}
