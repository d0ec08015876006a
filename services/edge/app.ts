// The CDN edge: passes the API on to a gateway and all else to the origin of files, through one cache.
import express, { type Express, type RequestHandler } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import { type Caller, CallFailure } from '../kit/calls/caller.ts'
import type { NodeRegion } from '../kit/control/document.ts'
import { namedRoute } from '../kit/http/named-route.ts'
import { forward, responseHeaders, SERVED_BY_HEADER, sendAnswer, toCall } from '../kit/http/proxy.ts'
import { createServiceApp } from '../kit/http/server.ts'
import { cacheStatus } from './domain.ts'
import type { HttpCache } from './http-cache.ts'

export type EdgeDeps = {
  /** This node's name, as `Cache-Status` gives it. */
  node: string
  region: NodeRegion
  media: Caller
  /** Gateways of any region, the nearest first. */
  gateway: Caller
  /** Gateways of this region only. */
  regionalGateway: Caller
  cache: HttpCache
  log: Logger
}

/** The frontdoor asks each second; an answer that takes longer is as bad as none. */
const healthTimeoutMs = 400

export function createApp(deps: EdgeDeps): Express {
  const routes = express.Router({ caseSensitive: true })
  routes.use((_request, response, next) => {
    response.setHeader(SERVED_BY_HEADER, deps.region)
    next()
  })
  routes.get('/region-health', namedRoute('/region-health'), regionHealth(deps.regionalGateway))
  routes.all('/api/*path', namedRoute('/api/*path'), passOn(deps, deps.gateway))
  routes.all('/images/:file', namedRoute('/images/:file'), passOn(deps, deps.media))
  routes.all('/{*path}', namedRoute('/{*path}'), passOn(deps, deps.media))
  return createServiceApp({ log: deps.log, routes, bodies: 'raw' })
}

function passOn({ node, cache }: EdgeDeps, callee: Caller): RequestHandler {
  return async (request, response) => {
    const call = toCall(request)
    const { answer, verdict } = await cache.answer(
      { method: call.method, url: call.path, headers: call.headers },
      async (headers) => {
        const { status, headers: answered, body } = await forward(callee, { ...call, headers })
        return { status, headers: responseHeaders(answered), body }
      },
    )
    response.setHeader('cache-status', cacheStatus(node, verdict))
    sendAnswer(response, answer)
  }
}

/** 200 when a gateway of this region is ready, else 503: whether customers are well served here. */
function regionHealth(regionalGateway: Caller): RequestHandler {
  const probe = { method: 'GET', path: '/readyz', route: '/readyz', idempotent: true, timeoutMs: healthTimeoutMs }
  return async (_request, response) => {
    const healthy = await regionalGateway.call(probe).then(({ status }) => status === 200, noAnswer)
    response.status(healthy ? 200 : 503).json({ healthy })
  }
}

function noAnswer(error: unknown): false {
  if (error instanceof CallFailure) return false
  throw error
}
