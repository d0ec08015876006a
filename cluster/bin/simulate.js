// Bundles the ledger's simulator and runs it; the bundle also serves its worker threads.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '../..')
const outfile = resolve(root, 'dist/ledger-simulator.mjs')
await build({
  entryPoints: [resolve(root, 'services/ledger/simulator/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
})
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = status ?? 1
