// What every node's HTTP side shares: health, deadlines, trace headers, body limits, problem documents, and an orderly close.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import express, { type Express, type Request, type Router } from 'express'
import type { Logger } from '../../../otel/sdk/logger.ts'
import { type Metrics, noMetrics } from '../../../otel/sdk/metrics/instruments.ts'
import { traceResponse } from '../../../otel/sdk/trace-response.ts'
import type { InboundFaults } from '../faults/inbound-faults.ts'
import type { RouteFaults } from '../faults/route-faults.ts'
import type { LivePolicy } from '../policies/kind-policy.ts'
import { createAdmission } from './admission/admission.ts'
import { watchConnections } from './connections.ts'
import { errorResponse, unknownRoute } from './error-response.ts'
import { createRequestMeter } from './request-meter.ts'
import { requestScope } from './request-scope.ts'
import { noteSubject } from './subject.ts'
import { watchWastedWork } from './wasted-work.ts'

/** Everything that the shop accepts is small. */
export const BODY_LIMIT_BYTES = 64 * 1024

const SWEEP_MS = 20
/** How long callers have to close their connections of themselves. */
const CALLERS_CLOSE_MS = 1_000

export type AppOptions = {
  log: Logger
  routes: Router
  /** `json` parses JSON bodies; `raw` keeps them as bytes, for nodes that pass them on. */
  bodies?: 'json' | 'raw'
  /** Largest body that is taken; 64 KiB when omitted. */
  bodyLimitBytes?: number
  /** What a request may take when its caller set no deadline, in ms. */
  defaultDeadlineMs?: number
  /** What a request may take at most, in ms, whatever its caller asked for. */
  maxDeadlineMs?: (request: Request) => number
}

/** An express app with the shop's conventions around the given routes. It does not listen. */
export function createServiceApp({
  log,
  routes,
  bodies = 'json',
  bodyLimitBytes = BODY_LIMIT_BYTES,
  defaultDeadlineMs,
  maxDeadlineMs,
}: AppOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.use((_request, response, next) => {
    const ids = traceResponse()
    if (ids) response.set({ traceresponse: ids.traceResponse, 'x-trace-id': ids.traceId })
    next()
  })
  app.use(requestScope({ defaultMs: defaultDeadlineMs, maxMs: maxDeadlineMs }))
  app.use(
    bodies === 'json'
      ? express.json({ limit: bodyLimitBytes, strict: true })
      : express.raw({ limit: bodyLimitBytes, type: () => true, inflate: false }),
  )
  app.use(routes)
  app.use(unknownRoute)
  app.use(errorResponse(log))
  return app
}

export type Health = { ready: boolean; reason?: string }

export type Listening = {
  server: Server
  port: number
  /** Closes connections of callers that are idle, and spares those of scrapers. */
  closeIdleConnections(): void
  close(graceMs: number): Promise<void>
}

/**
 * Listens on `host:port` (0 for any free port); `policy` says what is let in. `close` takes no new work, lets requests finish for
 * `graceMs`, then cuts them.
 */
export async function listen(
  app: Express,
  options: {
    host: string
    port: number
    health?: () => Health
    metrics?: Metrics
    policy?: LivePolicy
    inbound?: Pick<InboundFaults, 'pass'>
    routes?: Pick<RouteFaults, 'active' | 'nameOf'>
  },
): Promise<Listening> {
  const { health = () => ({ ready: true }), metrics = noMetrics, inbound } = options
  const measure = createRequestMeter(metrics, options.routes)
  const admit = createAdmission(options.policy, metrics)
  const watchWaste = watchWastedWork(metrics)
  const server = createServer(
    { maxHeaderSize: 16 * 1024, requestTimeout: 30_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      if (answerHealth(request, response, health)) return
      if (answerScrape(request, response, metrics)) return connections.spare(request.socket)
      measure(request, response)
      watchWaste(response)
      noteSubject(request)
      const serve = () => app(request, response)
      admit(request, response, inbound ? () => inbound.pass(request, serve) : serve)
    },
  )
  const connections = watchConnections(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  // A listening TCP server has an AddressInfo; only pipes have strings.
  const { port } = server.address() as AddressInfo
  return { server, port, closeIdleConnections: connections.closeIdle, close: (graceMs) => close(server, graceMs) }
}

/** Health checks stand before express: they need no deadline, no body and no trace. */
function answerHealth(request: IncomingMessage, response: ServerResponse, health: () => Health): boolean {
  if (request.url !== '/healthz' && request.url !== '/readyz') return false
  const state = request.url === '/healthz' ? { status: 'up' } : health()
  response.statusCode = 'ready' in state && !state.ready ? 503 : 200
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(state))
  return true
}

/** A scrape, like a health check, must be answered when nothing else is. 404 when nothing is measured. */
function answerScrape(request: IncomingMessage, response: ServerResponse, metrics: Metrics): boolean {
  if (request.url !== '/metrics') return false
  const scrape = metrics.scrape(request.headers.accept)
  response.writeHead(scrape ? 200 : 404, scrape ? { 'content-type': scrape.contentType, vary: 'accept' } : {})
  for (const chunk of scrape?.chunks ?? []) response.write(chunk)
  response.end()
  return true
}

/**
 * Requests may be on the wire of a connection that looks idle here. So callers, who have been told to go elsewhere, close theirs first;
 * only what they leave open is closed from this side.
 */
async function close(server: Server, graceMs: number): Promise<void> {
  const patienceEndsMs = performance.now() + Math.min(graceMs, CALLERS_CLOSE_MS)
  while (performance.now() < patienceEndsMs && (await countConnections(server)) > 0) await delay(SWEEP_MS)
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  // A connection that is busy now is idle after its answer, and would hold the server open for as long as keep-alive does.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
  const cut = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)))
}
