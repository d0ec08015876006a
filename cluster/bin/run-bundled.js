// Programs of the project that users do not start by `faultline`: bundled and run, for TypeScript is never run directly here.
// It bundles that one program and its imports; what nodes run is built by build.js.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { buildIfChanged } from './build.js'

export const root = resolve(import.meta.dirname, '../..')

/**
 * Bundles a program, packages left outside. Resolves to the file that it made in dist/.
 * Rejects with esbuild's error, which has been printed, when a source does not compile.
 * @param {string} entry its main module, from the installation's folder
 * @param {string} name of the bundle
 */
export async function bundle(entry, name) {
  const outfile = join(root, 'dist', `${name}.mjs`)
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  })
  return outfile
}

/**
 * Bundles a program and runs it with this process's arguments, in a process of its own whose exit code becomes this one's.
 * It finds the installation's folder in `FAULTLINE_ROOT`.
 * @param {string} entry
 * @param {string} name
 * @param {{ flags?: string[], cluster?: boolean }} [options] `cluster`: it starts nodes, so that dist/ has to be what the sources are
 */
export async function runBundled(entry, name, { flags = [], cluster = false } = {}) {
  if (cluster) await buildIfChanged(root)
  const outfile = await bundle(entry, name)
  const child = spawn(process.execPath, [...flags, outfile, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, FAULTLINE_ROOT: root },
  })
  // This process waits for the child to stop what it started. A terminal signals the child itself, which takes a second one for haste.
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM']
  for (const signal of signals) process.on(signal, () => process.stdin.isTTY || child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0)
  })
}
