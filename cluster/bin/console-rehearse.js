// Bundles the rehearsal of the presenter's scripts and runs it, as bench.js does with the benchmarks.
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { build } from 'esbuild'
import { buildIfChanged } from './build.js'

const root = resolve(import.meta.dirname, '../..')
const outfile = resolve(root, 'dist/console-rehearse.mjs')
await buildIfChanged(root)
await build({
  entryPoints: [resolve(root, 'test/console/rehearse.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
})
// A signal from the terminal reaches the child as well; this process waits for it to stop its cluster.
/** @type {NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM']
for (const signal of signals) process.on(signal, () => child.kill(signal))
const child = spawn(process.execPath, [outfile, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, FAULTLINE_ROOT: root },
})
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
