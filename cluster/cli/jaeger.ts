// Reads traces by Jaeger's HTTP API, the embedded backend's or a real Jaeger's: https://www.jaegertracing.io/docs/apis/
// Knows the wire's shape and nothing of drawing.
import { z } from 'zod'
import { queryBackend } from './backend-query.ts'
import { CliError } from './context.ts'

const Tag = z.object({ key: z.string(), value: z.unknown() })

const Reference = z.object({ refType: z.string(), traceID: z.string(), spanID: z.string() })

export const JaegerSpan = z.object({
  spanID: z.string(),
  operationName: z.string(),
  references: z.array(Reference).nullish(),
  /** µs since 1970. */
  startTime: z.number(),
  /** µs. */
  duration: z.number(),
  tags: z.array(Tag).nullish(),
  logs: z.array(z.object({ timestamp: z.number(), fields: z.array(Tag) })).nullish(),
  processID: z.string(),
  warnings: z.array(z.string()).nullish(),
})
export type JaegerSpan = z.infer<typeof JaegerSpan>

export const JaegerTrace = z.object({
  traceID: z.string(),
  spans: z.array(JaegerSpan),
  processes: z.record(z.string(), z.object({ serviceName: z.string(), tags: z.array(Tag).nullish() })),
  warnings: z.array(z.string()).nullish(),
})
export type JaegerTrace = z.infer<typeof JaegerTrace>

const TraceAnswer = z.object({ data: z.array(JaegerTrace).nullable() })
const NamesAnswer = z.object({ data: z.array(z.string()).nullable() })

export type TraceSearch = {
  service: string
  operation?: string | undefined
  /** Go durations such as `100ms`. */
  minDuration?: string | undefined
  maxDuration?: string | undefined
  tags: Record<string, string>
  limit: number
  /** µs since 1970. */
  startMicros: number
  endMicros: number
}

/** The trace, or undefined when the backend has none of this id. Throws `CliError` when it does not answer as Jaeger does. */
export async function fetchTrace(baseUrl: string, traceId: string): Promise<JaegerTrace | undefined> {
  const answer = await queryBackend(baseUrl, `/api/traces/${encodeURIComponent(traceId)}`, TraceAnswer)
  const trace = answer?.data?.[0]
  return trace && trace.spans.length > 0 ? trace : undefined
}

/** Newest first, as the backend sorts them. Throws as `fetchTrace` does. */
export async function searchTraces(baseUrl: string, search: TraceSearch): Promise<JaegerTrace[]> {
  const query = new URLSearchParams({
    service: search.service,
    limit: String(search.limit),
    start: String(search.startMicros),
    end: String(search.endMicros),
  })
  if (search.operation) query.set('operation', search.operation)
  if (search.minDuration) query.set('minDuration', search.minDuration)
  if (search.maxDuration) query.set('maxDuration', search.maxDuration)
  if (Object.keys(search.tags).length > 0) query.set('tags', JSON.stringify(search.tags))
  const answer = await queryBackend(baseUrl, `/api/traces?${query}`, TraceAnswer)
  if (!answer) throw new CliError(`${baseUrl} has no search for traces: is it Jaeger's query service?`)
  return answer.data ?? []
}

export async function fetchServices(baseUrl: string): Promise<string[]> {
  return (await queryBackend(baseUrl, '/api/services', NamesAnswer))?.data ?? []
}
