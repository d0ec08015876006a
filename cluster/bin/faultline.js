#!/usr/bin/env node
// The command: builds what has changed, then runs the bundled command line.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtFingerprint, sourceFingerprint } from './fingerprint.js'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const bundle = resolve(root, 'dist/faultline.cjs')

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) fail(`faultline needs Node 20.19 or newer; this is ${process.version}`)
if (!existsSync(resolve(root, 'node_modules/esbuild'))) fail('the dependencies are missing; run `npm ci` first')

if (builtFingerprint(root) !== sourceFingerprint(root)) {
  try {
    const { buildIfChanged } = await import('./build.js')
    await buildIfChanged(root)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const isForbidden =
      error instanceof Error && 'code' in error && ['EACCES', 'EPERM', 'EROFS'].includes(`${error.code}`)
    fail(isForbidden ? `${message}; run \`npm run build\` once as the owner of ${root}` : message)
  }
}
process.argv[1] = bundle
// Not `import`: it would first search two megabytes of CommonJS for export names.
createRequire(import.meta.url)(bundle)

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`faultline: ${message}`)
  process.exit(1)
}
