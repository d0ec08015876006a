// Builds the console's pages into dist/console: split by view, named by content, compressed beforehand.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build as esbuild } from 'esbuild'

/** Close to the best there is, in a fifth of the time. */
const BROTLI_QUALITY = 9

/**
 * @param {string} root absolute path of the installation
 * @param {string} dist
 */
export async function buildConsolePages(root, dist) {
  const draft = join(dist, '.draft-console')
  const built = await esbuild({
    absWorkingDir: root,
    entryPoints: [{ in: 'console/shell/main.tsx', out: 'main' }],
    outdir: join(draft, 'assets'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome120', 'firefox121', 'safari17'],
    jsx: 'automatic',
    minify: true,
    legalComments: 'none',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    publicPath: '/assets',
    loader: { '.svg': 'file', '.md': 'text' },
    define: { 'process.env.NODE_ENV': '"production"' },
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(join(draft, 'assets'), { recursive: true })
  await Promise.all(built.outputFiles.map(({ path, contents }) => writeCompressed(path, contents)))
  writeFileSync(
    join(draft, 'index.html'),
    page(readFileSync(join(root, 'console/shell/index.html'), 'utf8'), built.metafile),
  )
  rmSync(join(dist, 'console'), { recursive: true, force: true })
  renameSync(draft, join(dist, 'console'))
}

/**
 * @param {string} path
 * @param {Uint8Array} contents
 */
async function writeCompressed(path, contents) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: contents.length,
  }
  const [br, gz] = await Promise.all([promisify(brotliCompress)(contents, { params }), promisify(gzip)(contents)])
  writeFileSync(`${path}.br`, br)
  writeFileSync(`${path}.gz`, gz)
}

/**
 * Puts the entry, its style sheet and what it imports at once into the page.
 * @param {string} template
 * @param {import('esbuild').Metafile} metafile
 * @returns {string}
 */
function page(template, metafile) {
  const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === 'console/shell/main.tsx')
  if (!entry) throw new Error('the build of the console has no entry')
  const [path, { imports, cssBundle }] = entry
  // The styles of views too: nothing would load them with a view's code, and all of them are small.
  const sheets = Object.keys(metafile.outputs).filter((output) => output.endsWith('.css') && output !== cssBundle)
  const url = (/** @type {string} */ output) => `/assets/${basename(output)}`
  const tags = [
    ...[...(cssBundle ? [cssBundle] : []), ...sheets].map((sheet) => `<link rel="stylesheet" href="${url(sheet)}">`),
    ...imports
      .filter(({ kind }) => kind === 'import-statement')
      .map(({ path }) => `<link rel="modulepreload" href="${url(path)}">`),
    `<script type="module" src="${url(path)}"></script>`,
  ]
  return template.replace('<!-- assets -->', tags.join('\n    '))
}
