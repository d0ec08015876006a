// Writes the pictures where the media node serves them from. Only when they are missing or of another seed, size or version.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SeedProduct } from './catalogue.ts'
import { categories } from './categories.ts'
import { categoryBanner, productPicture } from './picture.ts'

/** Names what the files were made from; written last, so a half-written folder is written again. */
const STAMP = '.made-from'

/** Path of a product's picture on the shop's host. */
export function imageUrl(productId: string): string {
  return `/images/${productId}.svg`
}

/**
 * Fills `<mediaDir>/images` with `<productId>.svg` and `category-<id>.svg`; resolves to the number of files written, 0 when all
 * were there. `stamp` names seed, size and version.
 */
export async function writeImages(
  mediaDir: string,
  stamp: string,
  seed: number,
  buildProducts: () => readonly SeedProduct[],
): Promise<number> {
  const folder = join(mediaDir, 'images')
  const found = await readFile(join(folder, STAMP), 'utf8').catch(() => undefined)
  if (found === stamp) return 0
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const files = [
    ...buildProducts().map((product) => [`${product.id}.svg`, productPicture(seed, product)] as const),
    ...categories.map((category) => [`category-${category.id}.svg`, categoryBanner(seed, category)] as const),
  ]
  await Promise.all(files.map(([name, svg]) => writeFile(join(folder, name), svg)))
  await writeFile(join(folder, STAMP), stamp)
  return files.length
}
