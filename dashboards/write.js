// `npm run dashboards`: writes dashboards/json from the code.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '..')
const folder = join(root, 'dashboards/json')
const outfile = join(root, 'dist/dashboards.mjs')
await build({
  entryPoints: [join(root, 'dashboards/all-dashboards.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
})
/** @type {typeof import('./all-dashboards.ts')} */
const { dashboardFiles } = await import(pathToFileURL(outfile).href)
mkdirSync(folder, { recursive: true })
const files = dashboardFiles()
for (const name of readdirSync(folder)) if (!files.some((file) => file.name === name)) rmSync(join(folder, name))
for (const { name, text } of files) writeFileSync(join(folder, name), text)
console.log(`dashboards/json: ${files.map(({ name }) => name).join(' ')}`)
