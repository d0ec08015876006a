// Bundles the benchmarks and runs them: TypeScript is never run directly here, so that what is measured is what users run.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { build } from 'esbuild'
import { buildIfChanged } from './build.js'

const root = resolve(import.meta.dirname, '../..')
const outfile = resolve(root, 'dist/bench.mjs')
await buildIfChanged(root)
await build({
  entryPoints: [resolve(root, 'test/bench/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
})
const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = status ?? 1
