// For tests: a program of this folder as one CommonJS file, built as the product's own build does it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export interface Bundle {
  file: string
  remove: () => void
}

/** Bundles a file, by its path from the backend's folder. */
export async function bundle(name: string): Promise<Bundle> {
  const directory = mkdtempSync(join(tmpdir(), 'faultline-bundle-'))
  const file = join(directory, 'bundle.cjs')
  const entry = fileURLToPath(new URL(`../${name}`, import.meta.url))
  await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
  })
  return { file, remove: () => rmSync(directory, { recursive: true, force: true }) }
}
