// What Jaeger's Monitor tab asks for, answered by PromQL over the span metrics as Jaeger itself does with a Prometheus behind it.
import express, { type Response, type Router } from 'express'
import { queryOf } from '../../jaeger/params.ts'
import { sendEnvelope, sendLegacyError } from '../../jaeger/send.ts'
import type { Engine } from '../../promql/engine.ts'
import { labelValue } from '../../promql/labels.ts'
import { quote } from '../../promql/language/string-literal.ts'
import { QueryError } from '../../promql/query-error.ts'
import type { SampleSeries } from '../../promql/query-result.ts'
import { type MonitorQuery, parseMonitorQuery, parseQuantile } from './monitor-params.ts'

export interface MonitorDeps {
  engine: Engine
  /** Milliseconds since the epoch. */
  now: () => number
}

const CALLS = 'traces_span_metrics_calls_total'
const DURATION_BUCKET = 'traces_span_metrics_duration_milliseconds_bucket'
/** Milliseconds: the smallest step that Prometheus knows. */
const MIN_STEP = 1

/** Routes under /api/metrics. */
export function monitorRoutes({ engine, now }: MonitorDeps): Router {
  const router = express.Router()

  router.get('/minstep', (_req, res) => sendEnvelope(res, MIN_STEP))

  router.get('/latencies', async (req, res) => {
    const params = queryOf(req)
    const query = parseMonitorQuery(params, now())
    const quantile = parseQuantile(params)
    const promql = `histogram_quantile(${quantile}, sum by (${groupLabels(query)}, le) (${rate(DURATION_BUCKET, query)}))`
    const help = `${quantile.toFixed(2)}th quantile latency, grouped by service`
    await answer(res, 'service_latencies', help, query, () => run(engine, promql, query))
  })

  router.get('/calls', async (req, res) => {
    const query = parseMonitorQuery(queryOf(req), now())
    await answer(res, 'service_call_rate', 'calls/sec, grouped by service', query, () =>
      run(engine, calls(query), query),
    )
  })

  router.get('/errors', async (req, res) => {
    const query = parseMonitorQuery(queryOf(req), now())
    const failed = `sum by (${groupLabels(query)}) (${rate(CALLS, query, 'status_code="STATUS_CODE_ERROR"')})`
    const help = 'error rate, computed as a fraction of errors/sec over calls/sec, grouped by service'
    await answer(res, 'service_error_rate', help, query, async () => {
      const errors = await run(engine, `${failed} / ${calls(query)}`, query)
      // No error series at all means that there were no errors, if there were calls.
      return errors.length > 0 ? errors : run(engine, `0 * ${calls(query)}`, query)
    })
  })

  return router
}

async function answer(
  res: Response,
  name: string,
  help: string,
  { groupByOperation }: MonitorQuery,
  evaluate: () => Promise<readonly SampleSeries[]>,
): Promise<void> {
  try {
    const series = await evaluate()
    res.json({
      name: groupByOperation ? name.replace('service', 'service_operation') : name,
      type: 'GAUGE',
      help: groupByOperation ? `${help} & operation` : help,
      metrics: series.map((one) => metricOf(one, groupByOperation)),
    })
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    const status = error.kind === 'bad_data' ? 400 : error.kind === 'execution' ? 422 : 503
    sendLegacyError(res, status, `failed executing metrics query: ${error.message}`)
  }
}

async function run(engine: Engine, query: string, { endMs, lookbackMs, stepMs }: MonitorQuery) {
  const { series } = await engine.rangeQuery({ query, startMs: endMs - lookbackMs, endMs, stepMs })
  return series
}

function metricOf({ labels, timestampsMs, values }: SampleSeries, groupByOperation: boolean): object {
  const operation = groupByOperation ? [{ name: 'operation', value: labelValue(labels, 'span_name') }] : []
  return {
    labels: [{ name: 'service_name', value: labelValue(labels, 'service_name') }, ...operation],
    metricPoints: [...values].map((value, i) => ({
      // JSON has no other way to say NaN; protobuf's JSON form says it so.
      gaugeValue: { doubleValue: Number.isFinite(value) ? value : String(value) },
      // Parallel arrays.
      timestamp: new Date(timestampsMs[i]!).toISOString().replace(/\.?0*Z$/, 'Z'),
    })),
  }
}

function calls(query: MonitorQuery): string {
  return `sum by (${groupLabels(query)}) (${rate(CALLS, query)})`
}

function rate(metric: string, { services, spanKinds, ratePerMs }: MonitorQuery, ...matchers: string[]): string {
  const service = `service_name=~${quote(services.map(escapeRegex).join('|'))}`
  const all = [service, `span_kind=~${quote(spanKinds.join('|'))}`, ...matchers]
  return `rate(${metric}{${all.join(', ')}}[${ratePerMs}ms])`
}

function groupLabels({ groupByOperation }: MonitorQuery): string {
  return groupByOperation ? 'service_name, span_name' : 'service_name'
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
