// The application of the Prometheus port: its HTTP API, and what this process tells of itself. It does not listen.
import express, { type Express } from 'express'

export function createPrometheusApp(api: Express, expose: () => string): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.get('/metrics', (_req, res) => {
    res.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
    res.end(expose())
  })
  app.use(api)
  return app
}
