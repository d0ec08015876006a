// Routes of the load generator.
import type { Express } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import { createRoutes } from '../kit/http/routes.ts'
import { createServiceApp } from '../kit/http/server.ts'
import { loadApi } from './contract.ts'
import type { Load } from './load.ts'

export type LoadAppDeps = { load: Pick<Load, 'report' | 'checkouts'>; log: Logger }

export function createApp({ load, log }: LoadAppDeps): Express {
  const routes = createRoutes(loadApi, {
    report: () => load.report(),
    checkouts: () => load.checkouts(),
  })
  return createServiceApp({ log, routes })
}
