// Builds dist/: one CommonJS bundle for the nodes, one for the telemetry backend, one for the command line.
// Starts that build at the same time take turns, and a reader of dist/ never sees half a file.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build as esbuild } from 'esbuild'
import { builtFingerprint, sourceFingerprint } from './fingerprint.js'
import { instrumentationPlugin } from './instrumentation-plugin.js'
import { stubPlugin } from './stub-plugin.js'

/** What dist/ holds. */
const bundles = ['node.cjs', 'backend.cjs', 'faultline.cjs']

// Native code, or an optional companion that is looked for at run time.
const external = ['@node-rs/argon2', 'pg-native', 'esbuild']

/** @type {import('esbuild').BuildOptions} */
const shared = {
  bundle: true,
  // Names stay, for stack traces; white space is a third of what a process keeps of its sources.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 200,
  legalComments: 'none',
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  outExtension: { '.js': '.cjs' },
  external,
  // CommonJS has no import.meta; its one use is to find files beside the module.
  define: { 'import.meta.url': '__bundleUrl' },
  banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'silent',
  metafile: true,
}

/**
 * Builds if dist/ is not what the sources are. Resolves to whether it had to.
 * Rejects with an `Error` of several lines when a source does not compile.
 * @param {string} root absolute path of the installation
 * @returns {Promise<boolean>}
 */
export async function buildIfChanged(root) {
  if (builtFingerprint(root) === sourceFingerprint(root)) return false
  const release = await lock(join(root, 'dist/.lock'))
  try {
    // Taken before the sources are read: a file that is saved meanwhile makes the next start build again.
    const fingerprint = sourceFingerprint(root)
    if (builtFingerprint(root) === fingerprint) return false
    await buildAll(root)
    writeFileSync(join(root, 'dist/.fingerprint'), fingerprint)
    return true
  } finally {
    release()
  }
}

/** @param {string} root */
async function buildAll(root) {
  const draft = join(root, 'dist/.draft')
  rmSync(draft, { recursive: true, force: true })
  rmSync(join(root, 'dist/.fingerprint'), { force: true })
  const plain = [
    { in: join(root, 'cluster/cli/main.ts'), out: 'faultline' },
    { in: join(root, 'otel/backend/main.ts'), out: 'backend' },
  ]
  await Promise.all([
    esbuild({
      ...shared,
      outfile: join(draft, 'node.cjs'),
      stdin: { contents: nodeEntry(root), resolveDir: root, sourcefile: 'node.js' },
      plugins: [stubPlugin, await instrumentationPlugin(root, draft, external)],
    }),
    esbuild({ ...shared, outdir: draft, entryPoints: plain, plugins: [stubPlugin] }),
  ])
  publish(draft, join(root, 'dist'))
  rmSync(draft, { recursive: true, force: true })
}

/**
 * One bundle has every kind of node: they share nearly all of their code, and only the kind that is asked for is evaluated.
 * @param {string} root
 */
function nodeEntry(root) {
  const kinds = readdirSync(join(root, 'services')).filter((kind) =>
    existsSync(join(root, 'services', kind, 'main.ts')),
  )
  const mains = kinds.map((kind) => `${JSON.stringify(kind)}: () => import('./services/${kind}/main.ts'),`)
  return `const mains = { ${mains.join(' ')} }
    const start = mains[process.env.FAULTLINE_KIND]
    if (start) start()
    else {
      console.error('FAULTLINE_KIND must be one of ' + Object.keys(mains).join(', '))
      process.exitCode = 1
    }`
}

/**
 * Moves every file of `draft` to the same place under `target`, each in one step.
 * @param {string} draft
 * @param {string} target
 */
function publish(draft, target) {
  mkdirSync(target, { recursive: true })
  for (const entry of readdirSync(draft, { withFileTypes: true })) {
    const [from, to] = [join(draft, entry.name), join(target, entry.name)]
    if (entry.isDirectory()) publish(from, to)
    else if (bundles.includes(entry.name)) renameSync(from, to)
  }
}

const LOCK_POLL_MS = 20
const LOCK_STALE_MS = 60_000

/**
 * Waits for its turn. Resolves to the function that ends it.
 * @param {string} path a folder that exists while somebody builds
 * @returns {Promise<() => void>}
 */
async function lock(path) {
  mkdirSync(dirname(path), { recursive: true })
  for (;;) {
    try {
      mkdirSync(path)
      writeFileSync(join(path, 'pid'), String(process.pid))
      return () => rmSync(path, { recursive: true, force: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    if (isAbandoned(path)) rmSync(path, { recursive: true, force: true })
    else await delay(LOCK_POLL_MS)
  }
}

/**
 * @param {string} path
 * @returns {boolean}
 */
function isAbandoned(path) {
  try {
    const age = Date.now() - statSync(path).mtimeMs
    if (age > LOCK_STALE_MS) return true
    const pid = Number(readFileSync(join(path, 'pid'), 'utf8'))
    if (pid > 0) process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const startedAt = performance.now()
  try {
    const built = await buildIfChanged(fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, ''))
    console.log(built ? `built in ${((performance.now() - startedAt) / 1000).toFixed(2)} s` : 'dist/ is up to date')
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
