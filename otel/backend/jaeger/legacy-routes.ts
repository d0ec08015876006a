// Jaeger's older query API: what its UI up to 2.14 and Grafana's data source ask for.
import express, { type Router } from 'express'
import { countDependencies } from '../traces/dependencies.ts'
import { findTrace, searchTraces } from '../traces/search.ts'
import { readTrace, traceIdOf } from '../traces/span-record.ts'
import type { SpanStore } from '../traces/span-store.ts'
import { UNKNOWN_TRACE } from '../traces/trace-table.ts'
import { parseDependencyWindow, parseLegacyTraceId, parseSearch, parseTraceOptions } from './legacy-params.ts'
import { ParamError, queryOf } from './params.ts'
import { sendEnvelope, sendLegacyError, streamEnvelope } from './send.ts'
import { KIND_NAMES, legacyTraceId, toLegacyTrace } from './to-legacy.ts'
import type { LegacyDependency, LegacyError, LegacyOperation, LegacyTrace } from './wire.ts'

export interface QueryDeps {
  spans: SpanStore
  /** Milliseconds since the epoch. */
  now: () => number
}

const NOT_FOUND = 'trace not found'

/** Routes under /api. */
export function legacyRoutes({ spans, now }: QueryDeps): Router {
  const router = express.Router()

  router.get('/services', (_req, res) => {
    const names = spans.catalogue.serviceNames()
    sendEnvelope(res, names, names.length)
  })

  router.get('/services/:service/operations', (req, res) => {
    const names = [
      ...new Set(spans.catalogue.operationsOf(req.params.service, null).map((operation) => operation.name)),
    ]
    sendEnvelope(res, names, names.length)
  })

  router.get('/operations', (req, res) => {
    const params = queryOf(req)
    const service = params.get('service')
    if (!service) throw new ParamError("parameter 'service' is required")
    const operations = operationsOf(spans, service, params.get('spanKind'))
    sendEnvelope(res, operations, operations.length)
  })

  router.get('/traces', async (req, res) => {
    const { query, traceIds, raw } = parseSearch(queryOf(req), now())
    const wanted =
      traceIds.length > 0 ? [...new Set(traceIds)] : searchTraces(spans, query).map((trace) => traceIdOf(spans, trace))
    const missing = wanted.filter((id) => findTrace(spans, id) === UNKNOWN_TRACE)
    const errors = missing.map((id): LegacyError => ({ msg: NOT_FOUND, traceID: legacyTraceId(id) }))
    await streamEnvelope(res, legacyTraces(spans, wanted, raw), errors.length > 0 ? errors : null)
  })

  router.get('/traces/:traceId', async (req, res) => {
    const traceId = parseLegacyTraceId(req.params.traceId)
    const { raw } = parseTraceOptions(queryOf(req))
    if (findTrace(spans, traceId) === UNKNOWN_TRACE) {
      sendLegacyError(res, 404, NOT_FOUND)
      return
    }
    await streamEnvelope(res, legacyTraces(spans, [traceId], raw), null)
  })

  router.get('/dependencies', (req, res) => {
    const params = queryOf(req)
    const { startNs, endNs } = parseDependencyWindow(params, now())
    const service = params.get('service')
    const links = countDependencies(spans, startNs, endNs)
    const wanted = service ? links.filter((link) => link.parent === service || link.child === service) : links
    sendEnvelope<LegacyDependency[]>(res, wanted)
  })

  return router
}

/** Operations of a service; an unknown kind has none. */
export function operationsOf(spans: SpanStore, service: string, kindName: string | null): LegacyOperation[] {
  const kind = kindName ? (KIND_NAMES as readonly string[]).indexOf(kindName) : null
  return spans.catalogue.operationsOf(service, kind).map((operation) => {
    return { name: operation.name, spanKind: KIND_NAMES[operation.kind] ?? '' }
  })
}

/** By id and one at a time, because between two of them the store may change. */
function* legacyTraces(spans: SpanStore, traceIds: readonly string[], raw: boolean): Generator<LegacyTrace> {
  for (const id of traceIds) {
    const trace = findTrace(spans, id)
    if (trace !== UNKNOWN_TRACE) yield toLegacyTrace(readTrace(spans, trace), { raw })
  }
}
