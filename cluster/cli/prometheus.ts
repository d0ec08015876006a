// Reads metrics by Prometheus's HTTP API, the embedded backend's or a real Prometheus's: https://prometheus.io/docs/prometheus/latest/querying/api/
// Knows the wire's shape and nothing of drawing.
import { z } from 'zod'
import { CliError } from './context.ts'

const TIMEOUT_MS = 60_000

const Labels = z.record(z.string(), z.string())
export type Labels = z.infer<typeof Labels>

/** Seconds since 1970, and the value as text, for JSON has no NaN. */
const Sample = z.tuple([z.number(), z.string()])

/** `value` and `values` are missing where Prometheus has a native histogram. */
const QueryData = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('scalar'), result: Sample }),
  z.object({ resultType: z.literal('string'), result: Sample }),
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: Labels, value: Sample.optional() })),
  }),
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ metric: Labels, values: z.array(Sample).optional() })),
  }),
])
export type QueryData = z.infer<typeof QueryData>
export type MatrixData = Extract<QueryData, { resultType: 'matrix' }>

const Alerts = z.object({
  alerts: z.array(
    z.object({
      labels: Labels,
      annotations: Labels,
      state: z.string(),
      activeAt: z.string().nullish(),
      value: z.string(),
    }),
  ),
})

const Notes = { warnings: z.array(z.string()).nullish(), infos: z.array(z.string()).nullish() }
const Failure = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() })

/** Prometheus's own refusal, in its own words. */
export class PrometheusError extends CliError {
  /** `bad_data`, `execution`, `timeout` … */
  readonly errorType: string

  constructor(errorType: string, message: string) {
    super(message)
    this.errorType = errorType
  }
}

export type QueryAnswer = { data: QueryData; warnings: string[]; infos: string[] }

export type ActiveAlert = {
  labels: Labels
  annotations: Labels
  /** `firing` or `pending`. */
  state: string
  /** Milliseconds since 1970; undefined when it is not told. */
  activeAtMs: number | undefined
  value: number
}

export type Prometheus = {
  /** Evaluates at `timeS`, seconds since 1970; at the server's present without it. */
  query(query: string, timeS?: number): Promise<QueryAnswer>
  /** Evaluates from `startS` to `endS`, both included, each `stepS`. */
  queryRange(query: string, startS: number, endS: number, stepS: number): Promise<QueryAnswer & { data: MatrixData }>
  /** Alerts that are firing or pending. */
  alerts(): Promise<ActiveAlert[]>
}

/**
 * Each call throws a `PrometheusError` when it is refused, a `CliError` on no answer or a wrong shape.
 * @param signal breaks off all calls
 */
export function createPrometheus(baseUrl: string, signal?: AbortSignal): Prometheus {
  const server = { baseUrl, signal }
  const ask = async (path: string, params: Record<string, string | undefined>): Promise<QueryAnswer> => {
    const { data, warnings, infos } = await callApi(server, path, QueryData, params)
    return { data, warnings: warnings ?? [], infos: infos ?? [] }
  }
  return {
    query: (query, timeS) => ask('query', { query, time: timeS === undefined ? undefined : String(timeS) }),
    async queryRange(query, startS, endS, stepS) {
      const range = { start: String(startS), end: String(endS), step: String(stepS) }
      const { data, ...notes } = await ask('query_range', { query, ...range })
      if (data.resultType === 'matrix') return { data, ...notes }
      throw new CliError(`${baseUrl} answered a range query with a ${data.resultType}`)
    },
    async alerts() {
      const { data } = await callApi(server, 'alerts', Alerts)
      return data.alerts.map(({ activeAt, value, ...rest }) => {
        const activeAtMs = Date.parse(activeAt ?? '')
        return {
          ...rest,
          activeAtMs: Number.isNaN(activeAtMs) ? undefined : activeAtMs,
          value: parseSampleValue(value),
        }
      })
    },
  }
}

/** Go writes infinities as `+Inf` and `-Inf`. */
export function parseSampleValue(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
}

/** With `params` as a form, which holds queries of any length; a plain GET without. */
async function callApi<T extends z.ZodType>(
  { baseUrl, signal }: { baseUrl: string; signal: AbortSignal | undefined },
  path: string,
  schema: T,
  params?: Record<string, string | undefined>,
) {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(params ?? {})) if (value !== undefined) form.set(name, value)
  const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/api/v1/${path}`, {
    ...(params ? { method: 'POST', body: form } : {}),
    signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])]),
  }).catch((cause: unknown) => {
    throw new CliError(`${baseUrl} does not answer`, { cause })
  })
  const text = await response.text().catch((cause: unknown) => {
    throw new CliError(`${baseUrl} broke off its answer`, { cause })
  })
  const body = parseJson(text)
  const failure = Failure.safeParse(body)
  if (failure.success) throw new PrometheusError(failure.data.errorType, failure.data.error)
  if (!response.ok) throw new CliError(`${baseUrl} answered ${response.status}: ${text.slice(0, 200)}`)
  const answer = z.object({ status: z.literal('success'), data: schema, ...Notes }).safeParse(body)
  if (answer.success) return answer.data
  throw new CliError(`${baseUrl} answers, but not as Prometheus does`, { cause: answer.error })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
