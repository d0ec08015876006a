// The query port's application: Jaeger's two query APIs, the logs and what the backend says of itself. It does not listen.
import express, { type Express, type NextFunction, type Request, type Response, type Router } from 'express'
import { legacyRoutes, type QueryDeps } from './jaeger/legacy-routes.ts'
import { ParamError } from './jaeger/params.ts'
import { sendLegacyError, sendV3Error } from './jaeger/send.ts'
import { v3Routes } from './jaeger/v3-routes.ts'
import { logRoutes } from './logs/log-routes.ts'
import type { LogStore } from './logs/log-store.ts'

export interface QueryAppDeps extends QueryDeps {
  logs: LogStore
  /** Jaeger's Monitor endpoints. */
  monitor: Router
  stats: () => object
  /** Told of errors that are ours, not the client's. */
  onError: (error: unknown) => void
}

export function createQueryApp(deps: QueryAppDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.get('/', (_req, res) => {
    res.json({ name: 'faultline telemetry backend', api: ['/api', '/api/v3', '/api/logs', '/api/stats', '/healthz'] })
  })
  app.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' })
  })
  app.get('/api/stats', (_req, res) => {
    res.json(deps.stats())
  })
  app.use('/api/logs', logRoutes(deps.logs))
  app.use('/api/metrics', deps.monitor)
  app.use('/api/v3', v3Routes(deps))
  app.use('/api', legacyRoutes(deps))
  app.use((req, res) => sendError(req, res, 404, `no such resource: ${req.method} ${req.path}`))
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const [status, message] = statusOfError(error)
    if (status === 500) deps.onError(error)
    if (res.headersSent) res.destroy()
    else sendError(req, res, status, message)
  })
  return app
}

function sendError(req: Request, res: Response, status: number, message: string): void {
  if (req.originalUrl.startsWith('/api/v3')) sendV3Error(res, status, message)
  else sendLegacyError(res, status, message)
}

function statusOfError(error: unknown): [number, string] {
  if (error instanceof ParamError) return [400, error.message]
  // Express marks a URL that it cannot decode so.
  if (error instanceof URIError) return [400, 'the path is not valid: malformed percent-encoding']
  return [500, 'internal error']
}
