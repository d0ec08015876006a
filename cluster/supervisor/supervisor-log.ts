// The supervisor's own log, in the form of a node's: what died, what was started again, what the control plane could not answer.
import { type Logger, pino } from 'pino'
import { logFileOf } from './data-dir.ts'
import { LogFile } from './log-file.ts'

export function openSupervisorLog(dataDir: string): { log: Logger; close(): Promise<void> } {
  const file = new LogFile(logFileOf(dataDir, 'supervisor'))
  const log = pino(
    {
      base: { node: 'supervisor', kind: 'supervisor', region: 'global' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => file.write(line) },
  )
  return { log, close: () => file.close() }
}
