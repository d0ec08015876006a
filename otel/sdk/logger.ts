// The log of a node: JSON lines on stdout and, through the pino instrumentation, OTLP records with trace and span ids.
import { type Logger, pino } from 'pino'

export type { Logger }

/** Keys whose values never reach a log line, wherever they stand up to two levels deep; `detail` of a database error quotes the row. */
const secrets = ['password', 'card', 'number', 'cvc', 'token', 'authorization', 'cookie', 'detail']

export function createLogger(node: { id: string; kind: string; region: string; level: string }): Logger {
  return pino({
    level: node.level,
    base: { node: node.id, kind: node.kind, region: node.region },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secrets.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  })
}
