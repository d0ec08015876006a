// Reads log records from the embedded backend. A real Jaeger keeps no logs: there is nothing to read then.
import { z } from 'zod'
import { queryBackend } from './backend-query.ts'
import type { LogRecord } from './render/log-line.ts'

const LogsAnswer = z.object({
  data: z.array(
    z.object({
      timeUnixNano: z.string().regex(/^\d+$/),
      severity: z.string(),
      severityNumber: z.number(),
      body: z.string(),
      traceID: z.string(),
      spanID: z.string(),
      service: z.string(),
      instance: z.string(),
      attributes: z.record(z.string(), z.unknown()),
    }),
  ),
  cursor: z.string(),
  more: z.boolean(),
})

export type LogSearch = {
  traceId?: string | undefined
  /** `service.instance.id`. */
  node?: string | undefined
  severity?: string | undefined
  limit: number
  /** Cursor of the page before: only what came later. */
  after?: string | undefined
}

export type LogPage = { records: LogRecord[]; cursor: string; more: boolean }

/** In order of time; undefined when the backend keeps no logs. Throws `CliError` when it does not answer. */
export async function fetchLogs(baseUrl: string, search: LogSearch): Promise<LogPage | undefined> {
  const query = new URLSearchParams({ limit: String(search.limit) })
  if (search.traceId) query.set('traceID', search.traceId)
  if (search.node) query.set('instance', search.node)
  if (search.severity) query.set('severity', search.severity)
  if (search.after) query.set('after', search.after)
  const page = await queryBackend(baseUrl, `/api/logs?${query}`, LogsAnswer, true)
  if (!page) return undefined
  const records = page.data.map(({ timeUnixNano, traceID, spanID, instance, ...rest }) => ({
    ...rest,
    severity: rest.severity.toUpperCase(),
    timeMicros: Number(BigInt(timeUnixNano) / 1_000n),
    node: instance || rest.service,
    traceId: traceID,
    spanId: spanID,
  }))
  return { records, cursor: page.cursor, more: page.more }
}
