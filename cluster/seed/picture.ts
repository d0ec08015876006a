// Pictures of products and banners of categories as SVG text. Pure; image-files.ts writes them.
import { createRandom, intBetween, pick, seedFor } from '../../services/load/random.ts'
import type { SeedProduct } from './catalogue.ts'
import { categories } from './categories.ts'
import type { Category, ProductType } from './category.ts'
import { type Colourway, colourways, mix, paintOf } from './colours.ts'
import { circle, ellipse, faded, path, rect } from './shapes.ts'

const types = new Map(categories.flatMap((category) => category.types.map((type) => [type.id, type])))

/** The picture of a product: its type's drawing in its own colours, before a backdrop of its own. */
export function productPicture(
  seed: number,
  product: Pick<SeedProduct, 'id' | 'name' | 'typeId' | 'colourway'>,
): string {
  const type = types.get(product.typeId)
  if (!type) throw new Error(`no drawing for products of type ${product.typeId}`)
  return svg(400, 400, product.name, [
    ...backdrop(seed, product.id, product.colourway),
    ...draw(type, product.colourway),
  ])
}

/** A wide banner with four of the category's things on it. */
export function categoryBanner(seed: number, category: Category): string {
  const random = createRandom(seedFor(seed, 'banner', category.id))
  const base = pick(random, colourways)
  const shown = category.types.slice(0, 4).map((type, index) => {
    const drawing = draw(type, pick(random, colourways)).join('')
    return `<g transform="translate(${index * 288 + 8} ${44 - (index % 2) * 24}) scale(.8)">${drawing}</g>`
  })
  return svg(1200, 360, category.name, [
    rect(0, 0, 1200, 360, mix(base.main, '#fffdf8', 0.78)),
    faded(0.6, path('M0 262q300-70 600-20t600-24v142H0z', mix(base.main, '#fffdf8', 0.6))),
    ...shown,
  ])
}

function draw(type: ProductType, colourway: Colourway): string[] {
  return [faded(0.16, ellipse(200, 326, 120, 13, '#1f2430')), ...type.draw(paintOf(colourway))]
}

function backdrop(seed: number, id: string, { main, accent }: Colourway): string[] {
  const random = createRandom(seedFor(seed, 'backdrop', id))
  const wash = mix(main, '#fffdf8', 0.8)
  const deeper = mix(main, '#fffdf8', 0.66)
  const scenes = [
    () => circle(200 + intBetween(random, -24, 24), 192, 148, deeper),
    () => path(`M0 ${intBetween(random, 268, 292)}q100-18 200 0t200 0V400H0z`, deeper),
    () => path('M70 400V190a130 130 0 0 1 260 0v210z', deeper),
    () => circle(316, 84, 46, mix(accent, '#fffdf8', 0.55)) + path('M0 318h400v82H0z', deeper),
  ]
  return [rect(0, 0, 400, 400, wash), pick(random, scenes)()]
}

function svg(width: number, height: number, title: string, shapes: string[]): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`
  return `${head}<title>${escapeXml(title)}</title>${shapes.join('')}</svg>\n`
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
