// The logs of a trace, from the embedded backend's /api/logs beside Jaeger's API. A plain Jaeger has none, and that is no failure.
import { ApiError, getJson } from '../shell/api.ts'

export type LogLine = {
  timeMicros: number
  severity: string
  body: string
  spanId: string
  service: string
  node: string
  attributes: [string, string][]
}

const MAX_LINES = 2_000

type WireLog = {
  timeUnixNano?: string
  severity?: string
  body?: unknown
  spanID?: string
  service?: string
  instance?: string
  attributes?: Record<string, unknown>
}

/** In order of time; undefined where logs are not to be had. */
export async function fetchTraceLogs(traceId: string, signal: AbortSignal): Promise<LogLine[] | undefined> {
  try {
    const path = `/jaeger/api/logs?traceID=${encodeURIComponent(traceId)}&limit=${MAX_LINES}`
    const answer = await getJson<{ data?: WireLog[] | null } | undefined>(path, { signal })
    return answer?.data?.map(readLine)
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}

function readLine({ timeUnixNano, severity, body, spanID, service, instance, attributes }: WireLog): LogLine {
  return {
    timeMicros: Number(timeUnixNano ?? 0) / 1000,
    severity: String(severity ?? '').toUpperCase(),
    body: typeof body === 'string' ? body : JSON.stringify(body ?? ''),
    spanId: spanID ?? '',
    service: service ?? '',
    node: instance ?? '',
    attributes: Object.entries(attributes ?? {}).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  }
}
