// Prometheus's HTTP API as an Express application that does not listen. Answers whoever reaches it: the caller sees to the loopback.
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { ApiError } from './api-error.ts'
import { addMonitoringRoutes, type MonitoringDeps } from './monitoring-routes.ts'
import { addQueryRoutes, type QueryDeps } from './query-routes.ts'
import { type Handler, handlerOf, sendError } from './responses.ts'
import { addSeriesRoutes } from './series-routes.ts'
import { addStatusRoutes, type StatusDeps } from './status-routes.ts'

export interface PrometheusApiDeps extends QueryDeps, MonitoringDeps, StatusDeps {
  /** Hears of faults that are ours; clients are told no more than that there was one. */
  onFault: (error: unknown) => void
}

/** A form of that size is a mistake: queries themselves are limited to less. */
const MAX_FORM_BYTES = 512 * 1024

export function createPrometheusApi(deps: PrometheusApiDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  const router = express.Router({ caseSensitive: true })
  const wrap = (handle: Handler) => handlerOf(handle, deps.onFault)
  router.use(express.text({ type: 'application/x-www-form-urlencoded', limit: MAX_FORM_BYTES }))
  addQueryRoutes(router, deps, wrap)
  addSeriesRoutes(router, deps.store, wrap)
  addMonitoringRoutes(router, deps, wrap)
  addStatusRoutes(router, deps, wrap)
  router.all(
    [
      '/query',
      '/query_range',
      '/query_exemplars',
      '/series',
      '/labels',
      '/label/:name/values',
      '/rules',
      '/alerts',
      '/targets',
    ],
    (_req, res) => {
      res.status(405).type('text').send('Method Not Allowed\n')
    },
  )
  app.use('/api/v1', router)
  app.get('/-/healthy', (_req, res) => {
    res.type('text').send('Prometheus Server is Healthy.\n')
  })
  app.get('/-/ready', (_req, res) => {
    res.type('text').send('Prometheus Server is Ready.\n')
  })
  app.use((_req: Request, res: Response) => {
    res.status(404).type('text').send('404 page not found\n')
  })
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    // Only reading the form, and the address, can fail here.
    const message = error instanceof Error ? error.message : String(error)
    sendError(res, new ApiError('bad_data', `error parsing form values: ${message}`))
  })
  return app
}
