// A logger as nodes have it, whose lines a test can read.
import { pino } from 'pino'
import type { Logger } from '../otel/sdk/logger.ts'

export function captureLog(): { log: Logger; lines: string[] } {
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  return { log, lines }
}
