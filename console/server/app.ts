// The console's server: its page and assets for everybody, all else for who came by the link that the start printed.
import { randomBytes } from 'node:crypto'
import type { Agent } from 'node:http'
import express, { type Express, type RequestHandler, Router } from 'express'
import { type AccessRules, hostRefusal, originRefusal } from './access.ts'
import { passThrough, type Upstreams } from './pass-through.ts'
import { problemHandler, Refusal } from './problem.ts'
import { pagePolicy, setSecurityHeaders } from './security-headers.ts'
import { isLinkKey, isSession, issueSession, readSessionCookie, sessionCookie } from './session.ts'
import { createTokenBucket } from './token-bucket.ts'
import { assetRoutes, pageHandler, type WebFiles } from './web-files.ts'

export type ConsoleAppDeps = {
  files: WebFiles
  upstreams: Upstreams
  access: AccessRules
  /** Sessions are bound to it. */
  token: string
  version: string
  agent: Agent
  nowMs: () => number
  onError: (error: unknown) => void
}

const passed = ['/jaeger', '/prometheus', '/control', '/shop', '/otlp']

/** The app; it does not listen. */
export function createConsoleApp(deps: ConsoleAppDeps): Express {
  const { files, upstreams, access, agent, nowMs } = deps
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.set('case sensitive routing', true)
  app.use((request, response, next) => {
    setSecurityHeaders(response)
    next(hostRefusal(request, access))
  })
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }))
  app.use(assetRoutes(files))
  app.use('/session', guard, sessionRoutes(deps))
  app.use(passed, guard, needSession(deps))
  app.use(passThrough(upstreams, { agent, nowMs }))
  app.use(passed, () => {
    throw new Refusal(404, 'not_found', 'there is nothing here')
  })
  app.use(pageHandler(files, () => randomBytes(18).toString('base64url'), pagePolicy))
  app.use(() => {
    throw new Refusal(404, 'not_found', 'there is nothing here')
  })
  app.use(problemHandler(deps.onError))
  return app
}

const guard: RequestHandler = (request, _response, next) => next(originRefusal(request))

function needSession({ token, nowMs }: ConsoleAppDeps): RequestHandler {
  return ({ headers }, _response, next) => {
    const cookie = readSessionCookie(headers.cookie, headers.host)
    if (isSession(cookie, token, nowMs())) return next()
    throw new Refusal(401, 'signed_out', 'open the link that `npm start` printed, or run `npx faultline open`')
  }
}

/** GET /session tells a page that is signed in what there is; so does POST, which trades the link's key for a cookie. */
function sessionRoutes(deps: ConsoleAppDeps): Router {
  const { token, upstreams, version, nowMs } = deps
  const attempts = createTokenBucket(20, 1, nowMs)
  const has = Object.fromEntries(Object.entries(upstreams).map(([name, url]) => [name, url !== undefined]))
  const info = { version, has }
  return Router()
    .get('/', needSession(deps), (_request, response) => void response.set('cache-control', 'no-store').json(info))
    .post('/', express.json({ limit: 1024, strict: true }), (request, response) => {
      if (!attempts.take(1)) throw new Refusal(429, 'too_many', 'too many attempts; wait a moment')
      const key: unknown = request.body?.key
      if (typeof key !== 'string' || !isLinkKey(key, token)) {
        throw new Refusal(401, 'wrong_key', 'this link is of another run; open the one that `npm start` printed last')
      }
      response.set({
        'cache-control': 'no-store',
        'set-cookie': sessionCookie(issueSession(token, nowMs()), request.headers.host),
      })
      response.json(info)
    })
}
