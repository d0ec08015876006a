// Bundles a program of the test folder and runs it as a child that gets this process's terminal, arguments and signals.
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { build } from 'esbuild'
import { buildIfChanged } from './build.js'

const root = resolve(import.meta.dirname, '../..')

/**
 * Builds dist/ if need be. Ends with the child's exit code.
 * @param {string} source path from the root
 * @param {string} name of the bundle
 */
export async function runBundled(source, name) {
  const outfile = resolve(root, `dist/${name}.mjs`)
  await buildIfChanged(root)
  await build({
    entryPoints: [resolve(root, source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  })
  // This process waits for it to stop its cluster.
  const child = spawn(process.execPath, [outfile, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, FAULTLINE_ROOT: root },
  })
  // Ctrl-C reaches the child as well, for it has the same terminal; sent twice, it would end it at once.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
}
