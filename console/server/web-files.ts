// The built web application: pages and assets as dist/console has them, compressed at build time. Read once; a rebuild needs a new start.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { type RequestHandler, Router } from 'express'

const types: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
}

/** Assets by path below /assets; names have their content's hash in them. */
export type WebFiles = { page: string; assets: ReadonlyMap<string, { br: Buffer; gz: Buffer }> }

/** Where a nonce goes in the page. */
const NONCE = /__NONCE__/g

/** @param folder dist/console. Throws an `Error` that says what to do when nothing was built. */
export function readWebFiles(folder: string): WebFiles {
  if (!existsSync(join(folder, 'index.html'))) throw new Error(`${folder} has no page; run \`npm run build\``)
  const assets = new Map<string, { br: Buffer; gz: Buffer }>()
  for (const file of readdirSync(join(folder, 'assets'))) {
    if (!file.endsWith('.br')) continue
    const name = file.slice(0, -'.br'.length)
    const read = (extension: string): Buffer => readFileSync(join(folder, 'assets', `${name}.${extension}`))
    assets.set(name, { br: read('br'), gz: read('gz') })
  }
  return { page: readFileSync(join(folder, 'index.html'), 'utf8'), assets }
}

/** GET /assets/…, for ever cacheable. */
export function assetRoutes({ assets }: WebFiles): Router {
  return Router().get('/assets/:name', (request, response, next) => {
    const { name } = request.params
    const asset = assets.get(name)
    if (!asset) return next()
    const type = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
    response.set({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': type,
      vary: 'accept-encoding',
    })
    const encoding = request.acceptsEncodings('br', 'gzip')
    if (encoding === 'br') response.set('content-encoding', 'br').end(asset.br)
    else if (encoding === 'gzip') response.set('content-encoding', 'gzip').end(asset.gz)
    else response.end(brotliDecompressSync(asset.br))
  })
}

/** The page, for every path that the web application may show. */
export function pageHandler(
  { page }: WebFiles,
  createNonce: () => string,
  policy: (nonce: string) => string,
): RequestHandler {
  return (request, response, next) => {
    const wantsPage = request.method === 'GET' || request.method === 'HEAD'
    if (!wantsPage || /\.[a-z0-9]+$/i.test(request.path)) return next()
    const nonce = createNonce()
    response
      .set({
        'cache-control': 'no-cache',
        'content-security-policy': policy(nonce),
        'content-type': 'text/html; charset=utf-8',
      })
      .end(page.replace(NONCE, nonce))
  }
}
