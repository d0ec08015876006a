// The origin of pictures and pages: files, with what caches need to know about them.
import { join } from 'node:path'
import express, { type Express, type RequestHandler } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import { notFound } from '../kit/http/errors.ts'
import { namedRoute } from '../kit/http/named-route.ts'
import { createServiceApp } from '../kit/http/server.ts'
import { cacheControl, entityTag } from './domain.ts'

export type MediaDeps = {
  /** Holds `images/`. */
  mediaDir: string
  /** Holds `index.html` and its like. */
  pagesDir: string
  log: Logger
}

export function createApp({ mediaDir, pagesDir, log }: MediaDeps): Express {
  const routes = express.Router({ caseSensitive: true })
  // One route a pattern, not mounted folders: a server span gets its `http.route` from the route.
  routes.get('/images/:file', namedRoute('/images/:file'), files(join(mediaDir, 'images'), cacheControl.image), absent)
  const pages = files(pagesDir, cacheControl.page)
  routes.get('/', namedRoute('/'), pages, absent)
  routes.get('/:file', namedRoute('/:file'), pages, absent)
  return createServiceApp({ log, routes })
}

/** Serves the route's `file` of `root`, with ranges and conditional requests; never a hidden file nor one outside of `root`. */
function files(root: string, caching: string): RequestHandler {
  const serveFile = express.static(root, {
    cacheControl: false,
    etag: false,
    dotfiles: 'ignore',
    redirect: false,
    extensions: ['html'],
    setHeaders(response, _path, file) {
      response.setHeader('cache-control', caching)
      response.setHeader('etag', entityTag(file))
      response.setHeader('x-content-type-options', 'nosniff')
    },
  })
  return (request, response, next) => {
    // express.static goes by the URL: it shall see the one segment that the route matched, whatever is encoded in it.
    request.url = `/${encodeURIComponent(String(request.params.file ?? ''))}`
    serveFile(request, response, next)
  }
}

const absent: RequestHandler = (request) => {
  throw notFound(request.originalUrl.slice(0, 200))
}
