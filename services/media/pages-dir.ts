// Where the shop's pages are. They are part of the installation, and a bundle may lie in any folder of it.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const pages = 'services/media/pages'

/** The absolute path of the pages, looked for from the folder `from` upwards. Throws an `Error` when they are nowhere above it. */
export function findPagesDir(from: string): string {
  const found = join(from, pages)
  if (existsSync(found)) return found
  const parent = dirname(from)
  if (parent === from) throw new Error(`the installation is not complete: ${pages} is missing`)
  return findPagesDir(parent)
}
