// Builds dist/: one CommonJS bundle each for the nodes, the telemetry backend, the console's server and the command line, and the
// console's pages.
// Starts that build at the same time take turns, and a reader of dist/ never sees half a file.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build as esbuild } from 'esbuild'
import { lock } from './build-lock.js'
import { writeCodeCache } from './code-cache.js'
import { buildConsolePages } from './console-pages.js'
import { builtFingerprint, sourceFingerprint } from './fingerprint.js'
import { instrumentationPlugin } from './instrumentation-plugin.js'
import { containerNodeFlags, nodeFlags } from './node-flags.js'
import { stubPlugin } from './stub-plugin.js'

/** As run-bundle.cjs has it. */
const ID_LENGTH = 16

// Native code, or an optional companion that is looked for at run time.
const external = ['@node-rs/argon2', 'pg-native', 'esbuild']

/** @type {import('esbuild').BuildOptions & { write: false }} */
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
  write: false,
  // `import()` becomes `require`: code that was cached cannot import, and need not.
  supported: { 'dynamic-import': false },
  external,
  // CommonJS has no import.meta; its one use is to find files beside the module.
  define: { 'import.meta.url': '__bundleUrl' },
  // A function that run-bundle.cjs calls as Node calls a CommonJS module. Without a `navigator`, as Node 20 has none, pg looks for
  // Cloudflare by means that have Node load its whole fetch.
  banner: {
    js: `(function (exports, require, module, __filename, __dirname) {
      const __bundleUrl = require('node:url').pathToFileURL(__filename).href;
      globalThis.navigator ??= { userAgent: 'Node.js' };`,
  },
  footer: { js: '})' },
  logLevel: 'silent',
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

/**
 * Builds what a container image needs, and waits until all of it is there: an image is built once and started often.
 * @param {string} root absolute path of the sources
 * @returns {Promise<true>}
 */
export async function buildImage(root) {
  const dist = join(root, 'dist')
  const codeCache = await buildNode(root, containerNodeFlags)
  await buildPlain(root, {
    faultline: 'cluster/cli/main.ts',
    container: 'cluster/container/main.ts',
    'start-node': 'cluster/container/start-node.ts',
    console: 'console/server/main.ts',
  })
  await buildConsolePages(root, dist)
  codeCache.ref()
  if (codeCache.exitCode === null) await once(codeCache, 'exit')
  if (!existsSync(join(dist, 'node.cache'))) throw new Error('the code cache of the nodes was not written')
  return true
}

/** @param {string} root */
async function buildAll(root) {
  rmSync(join(root, 'dist/.fingerprint'), { force: true })
  await buildNode(root, nodeFlags)
  await buildPlain(root, {
    faultline: 'cluster/cli/main.ts',
    backend: 'otel/backend/main.ts',
    console: 'console/server/main.ts',
  })
  await buildConsolePages(root, join(root, 'dist'))
}

/**
 * Resolves to the process that writes the code cache meanwhile.
 * @param {string} root
 * @param {readonly string[]} flags of the nodes
 */
async function buildNode(root, flags) {
  const dist = join(root, 'dist')
  const draft = emptyDraft(dist)
  const node = await esbuild({
    ...shared,
    outfile: join(draft, 'node.js'),
    stdin: { contents: nodeEntry(root), resolveDir: root, sourcefile: 'node.js' },
    plugins: [stubPlugin, await instrumentationPlugin(root, draft, external)],
  })
  publish(dist, node.outputFiles)
  // Goes on while the others are built, and is done when the first node starts.
  return writeCodeCache(dist, flags)
}

/**
 * @param {string} root
 * @param {Record<string, string>} entries source by name of the bundle
 */
async function buildPlain(root, entries) {
  const dist = join(root, 'dist')
  const draft = emptyDraft(dist)
  const plain = await esbuild({
    ...shared,
    outdir: draft,
    entryPoints: Object.entries(entries).map(([out, source]) => ({ in: join(root, source), out })),
    plugins: [stubPlugin],
  })
  publish(dist, plain.outputFiles)
  rmSync(draft, { recursive: true, force: true })
}

/** @param {string} dist */
function emptyDraft(dist) {
  const draft = join(dist, '.draft')
  rmSync(draft, { recursive: true, force: true })
  return draft
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
    const kind = process.env.FAULTLINE_KIND
    if (kind in mains) mains[kind]()
    // For the code cache, see code-cache.js.
    else if (kind === 'every') for (const start of Object.values(mains)) start()
    else {
      console.error('FAULTLINE_KIND must be one of ' + Object.keys(mains).join(', '))
      process.exitCode = 1
    }`
}

/**
 * Puts bundles and their entries into `dist`, each in one step.
 * @param {string} dist
 * @param {import('esbuild').OutputFile[]} files
 */
function publish(dist, files) {
  for (const { path, text } of files) {
    const base = join(dist, basename(path, '.js'))
    const source = escapeNonAscii(text)
    const id = createHash('sha256').update(source).digest('hex').slice(0, ID_LENGTH)
    writeFileSync(`${base}.bundle.new`, `${source}\n//${id}`)
    copyFileSync(join(import.meta.dirname, 'run-bundle.cjs'), `${base}.cjs.new`)
    for (const file of [`${base}.bundle`, `${base}.cjs`]) renameSync(`${file}.new`, file)
    rmSync(`${base}.cache`, { force: true })
  }
}

/**
 * One character beyond Latin-1, which esbuild leaves as it is in regular expressions, would have V8 keep the whole source in two bytes each.
 * @param {string} text
 */
function escapeNonAscii(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is meant
  return text.replace(/[^\x00-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

// Run as a program; a bundle that has this module inside is none.
const program = process.argv[1]
if (program?.endsWith('build.js') && import.meta.url === pathToFileURL(program).href) {
  const startedAt = performance.now()
  try {
    const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
    const forImage = process.argv[2] === '--image'
    const built = forImage ? await buildImage(root) : await buildIfChanged(root)
    console.log(built ? `built in ${((performance.now() - startedAt) / 1000).toFixed(2)} s` : 'dist/ is up to date')
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
