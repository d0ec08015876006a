// Measures each request that a server answers: one value when it is over, and how many are under way.
// It refuses to know what a request is about: routes come from express, as their templates.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { trace } from '@opentelemetry/api'
import { currentHttpRoute } from '../../../otel/sdk/http-route.ts'
import { type Metrics, noMetrics } from '../../../otel/sdk/metrics/instruments.ts'
import { isUntraced } from '../../../otel/sdk/untraced.ts'
import type { RouteFaults } from '../faults/route-faults.ts'

/** Others count as `_OTHER`, as the conventions have it: a method is whatever a client writes. https://www.rfc-editor.org/rfc/rfc9110#section-9 */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'CONNECT', 'TRACE'])
/** The route of a request that no route matched. */
const UNMATCHED = 'unmatched'
/** Of a request whose client left before its answer had begun; what nginx writes into its log then. */
const CLIENT_GONE = '499'

export type RequestMeter = (request: IncomingMessage, response: ServerResponse) => void

/** Call it when a request has come in, within its server span. */
export function createRequestMeter(metrics: Metrics, routes?: Pick<RouteFaults, 'active' | 'nameOf'>): RequestMeter {
  if (metrics === noMetrics) return () => {}
  const duration = metrics.histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Requests that were answered, or left by their clients',
    labels: ['http_request_method', 'http_route', 'http_response_status_code'],
  })
  let active = 0
  metrics.observeGauge({ name: 'http_server_active_requests', help: 'Requests under way' }, () => active)

  return (request, response) => {
    if (isUntraced(request)) return
    const startMs = performance.now()
    const span = trace.getActiveSpan()?.spanContext()
    const method = methods.has(request.method ?? '') ? (request.method ?? '') : '_OTHER'
    active += 1
    const named = routes?.active ? renamed(routes, request, response) : undefined
    response.once('close', () => {
      active -= 1
      const labels = {
        http_request_method: method,
        http_route: named?.() ?? routeOf(request) ?? UNMATCHED,
        http_response_status_code: response.headersSent ? String(response.statusCode) : CLIENT_GONE,
      }
      duration.record((performance.now() - startMs) / 1_000, labels, span)
    })
  }
}

/** The name that the request gets when it is over, on its span as well: before the instrumentation's own listener, which reads it. */
function renamed(
  routes: Pick<RouteFaults, 'nameOf'>,
  request: IncomingMessage,
  response: ServerResponse,
): () => string | undefined {
  const spanRoute = currentHttpRoute()
  let name: string | undefined
  response.prependOnceListener('close', () => {
    const route = routeOf(request)
    if (route === undefined) return
    name = routes.nameOf(route, request)
    if (spanRoute) spanRoute.route = name
  })
  return () => name
}

function routeOf(request: IncomingMessage & { route?: { path: unknown } }): string | undefined {
  const path = request.route?.path
  return typeof path === 'string' ? path : undefined
}
