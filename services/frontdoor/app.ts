// The global load balancer, where every request enters: finds out where the customer is, and hands over to the nearest edge that works.
import { type Context, context, propagation, trace } from '@opentelemetry/api'
import express, { type Express, type Request, type RequestHandler } from 'express'
import { CUSTOMER_REGION } from '../../otel/sdk/customer-region.ts'
import type { Logger } from '../../otel/sdk/logger.ts'
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import { Region } from '../kit/control/document.ts'
import { HttpError } from '../kit/http/errors.ts'
import { namedRoute } from '../kit/http/named-route.ts'
import { forward, responseHeaders, sendAnswer, toCall } from '../kit/http/proxy.ts'
import { createServiceApp } from '../kit/http/server.ts'
import { type CustomerMeter, createCustomerMeter } from './customer-meter.ts'
import { customerRegion } from './domain.ts'
import type { EdgesByCustomer } from './edges.ts'

export type FrontdoorDeps = { edges: EdgesByCustomer; log: Logger; metrics?: Metrics }

const REGION_HEADER = 'x-customer-region'

export function createApp({ edges, log, metrics = noMetrics }: FrontdoorDeps): Express {
  const count = createCustomerMeter(metrics)
  const routes = express.Router({ caseSensitive: true })
  for (const pattern of ['/api/*path', '/images/:file', '/{*path}'])
    routes.all(pattern, namedRoute(pattern), handOver(edges, count))
  return createServiceApp({ log, routes, bodies: 'raw' })
}

function handOver(edges: EdgesByCustomer, count: CustomerMeter): RequestHandler {
  return async (request, response) => {
    const region = regionOf(request)
    count(region, response)
    const call = toCall(request)
    trace.getActiveSpan()?.setAttribute(CUSTOMER_REGION, region)
    const answer = await context.with(withRegion(region), () => forward(edges[region], call))
    sendAnswer(response, { ...answer, headers: responseHeaders(answer.headers) })
  }
}

/** Throws a 400 problem that names the header. */
function regionOf(request: Request): Region {
  const region = customerRegion(request.get(REGION_HEADER))
  if (region) return region
  const message = `must be one of ${Region.options.join(', ')}`
  throw new HttpError(400, 'invalid_request', `${REGION_HEADER} ${message}`, {
    fields: [{ field: REGION_HEADER, message }],
  })
}

/** The active context with our baggage only: what customers send along is not to be trusted. */
function withRegion(region: Region): Context {
  return propagation.setBaggage(context.active(), propagation.createBaggage({ [CUSTOMER_REGION]: { value: region } }))
}
