// A log record as one line for people. Pure.
import { type Colors, fitLeft, plain, width } from './cells.ts'
import { formatClock } from './duration.ts'

export type LogRecord = {
  /** µs since 1970; NaN when the line has no time. */
  timeMicros: number
  /** `INFO` and so on. */
  severity: string
  /** OTLP's severity number: 9 is INFO, 13 WARN, 17 ERROR; 0 when unknown. */
  severityNumber: number
  node: string
  service: string
  body: string
  /** Empty for none. */
  traceId: string
  spanId: string
  attributes: Record<string, unknown>
}

/** What stands elsewhere in the line, or says nothing to people. */
const hidden = new Set([
  'node',
  'kind',
  'region',
  'pid',
  'hostname',
  'level',
  'time',
  'msg',
  'trace_id',
  'span_id',
  'trace_flags',
])

/** `22:30:12.345 WARN  orders-1      breaker changed callee=payments trace=4bf92f35…`; the node's column is `nodeColumns` wide. */
export function drawLogLine(record: LogRecord, colors: Colors, nodeColumns = 18): string {
  const details = [describeDetails(record), record.traceId && `trace=${record.traceId}`].filter(Boolean).join(' ')
  const node = plain(record.node)
  return [
    colors.dim(Number.isNaN(record.timeMicros) ? ' '.repeat(12) : formatClock(record.timeMicros)),
    paintSeverity(record, colors)(fitLeft(plain(record.severity), 5)),
    colors.cyan(node + ' '.repeat(Math.max(0, nodeColumns - width(node)))),
    details === '' ? plain(record.body) : `${plain(record.body)} ${colors.dim(details)}`,
  ].join(' ')
}

/** Attributes as `key=value`, without those that stand elsewhere in the line. */
export function describeDetails({ attributes }: LogRecord): string {
  return Object.entries(attributes)
    .filter(([key]) => !hidden.has(key))
    .map(([key, value]) => `${plain(key)}=${describe(value)}`)
    .join(' ')
}

export function paintSeverity({ severityNumber }: LogRecord, colors: Colors): (text: string) => string {
  if (severityNumber >= 17) return colors.red
  if (severityNumber >= 13) return colors.yellow
  return severityNumber >= 9 ? colors.green : colors.dim
}

/** Errors, as pino writes them, by their message only: the stack is in the JSON form. */
function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value) return plain(String(value.message))
  return plain(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
}
