// The log of a node: JSON lines on stdout and, through the pino instrumentation, OTLP records with trace and span ids.
import { type Logger, pino } from 'pino'

export type { Logger }

/** Keys whose values never reach a log line, wherever they stand up to two levels deep; `detail` of a database error quotes the row. */
const secrets = ['password', 'card', 'number', 'cvc', 'token', 'authorization', 'cookie', 'detail']

/** What a database error tells of the server's own source, and of statements that nobody here has written. */
const ofServersSource = ['length', 'where', 'file', 'line', 'routine', 'internalQuery', 'internalPosition']

export function createLogger(node: { id: string; kind: string; region: string; level: string }): Logger {
  return pino({
    level: node.level,
    base: { node: node.id, kind: node.kind, region: node.region },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
    redact: { paths: secrets.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  })
}

/** As pino has it, less where in the database server's source an error was raised. */
export function describeError(error: unknown): unknown {
  // Whatever is no error passes through it unchanged.
  const described: unknown = pino.stdSerializers.err(error as Error)
  if (!(error instanceof Error)) return described
  return Object.fromEntries(Object.entries(described as object).filter(([key]) => !ofServersSource.includes(key)))
}
