// Jaeger's newer query API: what its UI from 2.15 on asks for. Traces come as OTLP in a `result` wrapper.
import express, { type Router } from 'express'
import { countDependencies } from '../traces/dependencies.ts'
import { findTrace, searchTraces } from '../traces/search.ts'
import { readTrace, traceIdOf } from '../traces/span-record.ts'
import type { SpanStore } from '../traces/span-store.ts'
import { summarizeTrace } from '../traces/summary.ts'
import { UNKNOWN_TRACE } from '../traces/trace-table.ts'
import { operationsOf, type QueryDeps } from './legacy-routes.ts'
import { ParamError, queryOf } from './params.ts'
import { sendV3Error, streamList } from './send.ts'
import { toResourceSpans, toSummaryWire } from './to-otlp.ts'
import { parseV3Search, parseV3TraceId, parseV3TraceOptions, parseV3Window } from './v3-params.ts'
import type { OtlpResourceSpans, V3Dependency } from './wire.ts'

const NOT_FOUND = 'No traces found'

/** Routes under /api/v3. */
export function v3Routes({ spans }: QueryDeps): Router {
  const router = express.Router()

  router.get('/services', (_req, res) => {
    res.json({ services: spans.catalogue.serviceNames() })
  })

  router.get('/operations', (req, res) => {
    const params = queryOf(req)
    const service = params.get('service')
    if (!service) throw new ParamError('malformed parameter service: it is required')
    const operations = operationsOf(spans, service, params.get('spanKind') ?? params.get('span_kind'))
    // The newer API has no unspecified kind.
    res.json({
      operations: operations.map((operation) => ({ ...operation, spanKind: operation.spanKind || 'internal' })),
    })
  })

  router.get('/traces', async (req, res) => {
    const { query, raw } = parseV3Search(queryOf(req))
    const traceIds = searchTraces(spans, query).map((trace) => traceIdOf(spans, trace))
    if (traceIds.length === 0) sendV3Error(res, 404, NOT_FOUND)
    else await streamList(res, '{"result":{"resourceSpans":[', resourceSpans(spans, traceIds, raw), ']}}')
  })

  router.get('/traces/:traceId', async (req, res) => {
    const traceId = parseV3TraceId(req.params.traceId)
    const { raw } = parseV3TraceOptions(queryOf(req))
    if (findTrace(spans, traceId) === UNKNOWN_TRACE) sendV3Error(res, 404, NOT_FOUND)
    else await streamList(res, '{"result":{"resourceSpans":[', resourceSpans(spans, [traceId], raw), ']}}')
  })

  router.get('/trace-summaries', (req, res) => {
    const found = searchTraces(spans, parseV3Search(queryOf(req)).query)
    res.json({ summaries: found.map((trace) => toSummaryWire(summarizeTrace(spans, trace))) })
  })

  router.get('/dependencies', (req, res) => {
    const { startNs, endNs } = parseV3Window(queryOf(req))
    const dependencies = countDependencies(spans, startNs, endNs).map((link): V3Dependency => {
      return { ...link, callCount: String(link.callCount) }
    })
    res.json({ dependencies })
  })

  return router
}

/** By id and one at a time, because between two of them the store may change. */
function* resourceSpans(spans: SpanStore, traceIds: readonly string[], raw: boolean): Generator<OtlpResourceSpans> {
  for (const id of traceIds) {
    const trace = findTrace(spans, id)
    if (trace !== UNKNOWN_TRACE) yield* toResourceSpans(readTrace(spans, trace), { raw })
  }
}
