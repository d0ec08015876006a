// What the console lets through to the APIs behind it, each under a path of its own. What is not listed here does not pass.
import type { Agent } from 'node:http'
import express, { type RequestHandler, type Response, Router } from 'express'
import { Refusal } from './problem.ts'
import { createTokenBucket } from './token-bucket.ts'
import { passOn, type Upstream } from './upstream.ts'

/** Base addresses; undefined for what there is none of. */
export type Upstreams = {
  jaeger: string | undefined
  prometheus: string | undefined
  control: { url: string; token: string } | undefined
  shop: string | undefined
  otlp: string | undefined
}

type Route = {
  mount: string
  upstream: Upstream | undefined
  /** What to say when there is none. */
  option: string
  methods: readonly string[]
  /** Of the path below the mount. */
  paths: RegExp
  bodyLimitBytes: number
  /** May this much come now? */
  admit?: () => boolean
}

const KIB = 1024
const reads = ['GET', 'HEAD']

export function passThrough(upstreams: Upstreams, { agent, nowMs }: { agent: Agent; nowMs: () => number }): Router {
  const { control } = upstreams
  // A page exports a batch every second at most; ten pages may be open.
  const exports = createTokenBucket(40, 10, nowMs)
  const routes: Route[] = [
    {
      mount: '/jaeger',
      upstream: upstream('Jaeger', upstreams.jaeger, 30_000),
      option: '--jaeger',
      methods: reads,
      paths: /^\/api\//,
      bodyLimitBytes: 0,
    },
    {
      mount: '/prometheus',
      upstream: upstream('Prometheus', upstreams.prometheus, 60_000),
      option: '--prometheus',
      // Long queries come as forms; they change nothing.
      methods: [...reads, 'POST'],
      paths:
        /^\/api\/v1\/(?:query|query_range|query_exemplars|labels|label\/[^/]+\/values|series|metadata|rules|alerts|targets|status\/buildinfo)$/,
      bodyLimitBytes: 64 * KIB,
    },
    {
      mount: '/control',
      upstream: control && {
        name: 'the control plane',
        url: control.url,
        headers: { authorization: `Bearer ${control.token}` },
        // Scaling down waits for requests under way.
        timeoutMs: 90_000,
      },
      option: '--control',
      methods: [...reads, 'PUT', 'POST', 'PATCH', 'DELETE'],
      // Whoever stops the cluster takes the console with it: that is for the command line.
      paths: /^\/v1\/(?!shutdown$)/,
      bodyLimitBytes: 64 * KIB,
    },
    {
      mount: '/shop',
      upstream: upstream('the shop', upstreams.shop, 30_000),
      option: '--shop',
      methods: [...reads, 'PUT', 'POST', 'DELETE'],
      paths: /^\/(?:api|images)\//,
      bodyLimitBytes: 32 * KIB,
    },
    {
      mount: '/otlp',
      upstream: upstream('the trace receiver', upstreams.otlp, 10_000),
      option: '--otlp',
      methods: ['POST'],
      paths: /^\/v1\/traces$/,
      bodyLimitBytes: 256 * KIB,
      admit: () => exports.take(1),
    },
  ]
  const router = Router({ caseSensitive: true })
  for (const route of routes) {
    router.use(
      route.mount,
      check(route),
      express.raw({ type: () => true, limit: route.bodyLimitBytes, inflate: false }),
    )
    router.use(route.mount, forward(route, agent))
  }
  return router
}

function upstream(name: string, url: string | undefined, timeoutMs: number): Upstream | undefined {
  return url === undefined ? undefined : { name, url, timeoutMs }
}

/** Everything that can be said before a byte of the body is read. */
function check({ upstream, option, methods, paths, bodyLimitBytes, admit }: Route): RequestHandler {
  return (request, response, next) => {
    if (!upstream) throw new Refusal(404, 'not_configured', `the console was started without ${option}`)
    if (!methods.includes(request.method)) {
      response.set('allow', methods.join(', '))
      throw new Refusal(405, 'method_not_allowed', `only ${methods.join(', ')} pass here`)
    }
    if (!paths.test(request.path) || isTwisted(request.path)) {
      throw new Refusal(404, 'not_passed_through', 'the console does not pass this path through')
    }
    const hasBody = Number(request.headers['content-length'] ?? 0) > 0 || 'transfer-encoding' in request.headers
    if (hasBody && (bodyLimitBytes === 0 || request.method === 'GET' || request.method === 'HEAD')) {
      throw new Refusal(413, 'no_body', 'no body is taken here')
    }
    if (admit && !admit()) refuseForNow(response)
    next()
  }
}

function refuseForNow(response: Response): never {
  response.set('retry-after', '1')
  throw new Refusal(429, 'too_many', 'too many exports; the rest of this second is dropped')
}

/** A path that an upstream might read as another one than was checked. */
function isTwisted(path: string): boolean {
  return /\/\.{1,2}(?:\/|$)|%2e|%2f|%5c|%00|\\|\/\//i.test(path)
}

function forward({ upstream }: Route, agent: Agent): RequestHandler {
  return (request, response) => {
    if (!upstream) throw new Error('checked before')
    const body = Buffer.isBuffer(request.body) && request.body.length > 0 ? request.body : undefined
    passOn({ request, response }, upstream, { path: request.url, body, agent })
  }
}
