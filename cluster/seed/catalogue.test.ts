import { expect, test } from 'vitest'
import { buildCustomers } from '../../services/load/customers.ts'
import { readJourneys } from '../../services/load/journeys.ts'
import { Product } from '../../services/products/contract.ts'
import { buildCatalogue, type SeedProduct } from './catalogue.ts'
import { categories } from './categories.ts'
import { buildPastOrders } from './past-orders.ts'
import { categoryBanner, productPicture } from './picture.ts'

const full = buildCatalogue(1, 'full')

test('the same seed gives the same catalogue, another seed another one', () => {
  expect(buildCatalogue(1, 'full')).toEqual(full)
  expect(buildCatalogue(2, 'full')).not.toEqual(full)
})

test.each([
  ['full', 240],
  ['small', 120],
] as const)('%s has %i products of all types, each with its own name', (size, count) => {
  const products = buildCatalogue(1, size)
  expect(products).toHaveLength(count)
  expect(new Set(products.map(({ id }) => id)).size).toBe(count)
  expect(new Set(products.map(({ name }) => name)).size).toBe(count)
  expect(new Set(products.map(({ typeId }) => typeId)).size).toBe(60)
  expect(new Set(products.map(({ categoryId }) => categoryId)).size).toBe(12)
})

test('ids of types and categories are unique, and every type has four variants', () => {
  const types = categories.flatMap((category) => category.types)
  expect(new Set(types.map(({ id }) => id)).size).toBe(types.length)
  expect(types.filter(({ variants }) => variants.length !== 4)).toEqual([])
})

test('products are what the contract says, with prices that end as prices do', () => {
  for (const { categoryId, typeId: _, colourway: __, ...product } of full) {
    Product.parse({ ...product, category: categoryId, currency: 'USD', imageUrl: '/x' })
    expect([90, 95, 99]).toContain(product.priceCents % 100)
    expect(product.stock).toBeGreaterThanOrEqual(280)
    expect(product.description).toMatch(/^[A-Z].*\.$/)
  }
})

test('dearer variants cost more', () => {
  const kettles = full.filter(({ typeId }) => typeId === 'gooseneck-kettle').map(({ priceCents }) => priceCents)
  expect(kettles).toEqual([...kettles].sort((one, other) => one - other))
})

test("every word that the load generator searches for stands in a product's name, in both sizes", () => {
  for (const products of [full, buildCatalogue(1, 'small')]) {
    const names = products.map(({ name }) => name.toLowerCase())
    const lost = readJourneys(undefined).searches.filter((word) => !names.some((name) => name.includes(word)))
    expect(lost).toEqual([])
  }
})

/** Elements that are open at the end, or closed wrongly. */
function unbalanced(svg: string): string[] {
  const open: string[] = []
  for (const [, slash, name = '', , closed] of svg.matchAll(/<(\/?)([a-z]+)((?:\s[^>]*?)?)(\/?)>/g)) {
    if (slash && open.pop() !== name) return [`</${name}>`]
    if (!slash && !closed) open.push(name)
  }
  return open
}

test('pictures are whole, small, hold no broken number, and differ from each other', () => {
  const pictures = [
    ...full.map((product) => productPicture(1, product)),
    ...categories.map((one) => categoryBanner(1, one)),
  ]
  for (const picture of pictures) {
    expect(unbalanced(picture)).toEqual([])
    expect(picture).not.toMatch(/NaN|undefined|Infinity/)
    expect(picture.length).toBeLessThan(12_000)
  }
  expect(new Set(pictures).size).toBe(pictures.length)
  const product = full[0] as SeedProduct
  expect(productPicture(1, { ...product, name: 'Salt & <Pepper>' })).toContain(
    '<title>Salt &amp; &lt;Pepper&gt;</title>',
  )
})

test('past orders add up, name no product twice and give most products company', () => {
  const orders = buildPastOrders(1, 'full', full, buildCustomers())
  const together = new Map<string, Set<string>>()
  for (const { lines, totalCents, ageMs } of orders) {
    expect(totalCents).toBe(lines.reduce((sum, { product, quantity }) => sum + product.priceCents * quantity, 0))
    const ids = lines.map(({ product }) => product.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ageMs).toBeGreaterThanOrEqual(0)
    for (const id of ids) together.set(id, new Set([...(together.get(id) ?? []), ...ids]))
  }
  const lonely = full.filter(({ id }) => (together.get(id)?.size ?? 0) < 2)
  expect(lonely.length).toBeLessThan(24)
})
