// Reads the log file that the supervisor keeps of a node: what there is when the backend has nothing of it, even after the run.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { CliError } from './context.ts'
import type { LogRecord } from './render/log-line.ts'

/** As much of the file's end is looked at; log files are rotated at some size anyway. */
const TAIL_BYTES = 4 * 1024 * 1024

/** OTLP's severity numbers of pino's levels. */
const severityNumbers: Record<string, number> = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 }

const PinoLine = z.looseObject({
  level: z.string(),
  time: z.string(),
  msg: z.string().optional(),
  trace_id: z.string().optional(),
  span_id: z.string().optional(),
})

/** Path of a node's log file. Throws `CliError` for what can't be a node's name. */
export function logFilePath(dataDir: string, node: string): string {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(node)) throw new CliError(`${JSON.stringify(node)} is not the name of a node`)
  return join(dataDir, 'logs', `${node}.log`)
}

export type FileChunk = { records: LogRecord[]; nextOffset: number }

/** Whole lines from `offset` on, or of the file's end; undefined when there is no file. One that shrank is read from its start. */
export function readLogFile(path: string, node: string, offset?: number): FileChunk | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new CliError(`cannot read ${path}`, { cause: error })
  }
  try {
    const { size } = fstatSync(file)
    const wanted = offset === undefined ? size - TAIL_BYTES : offset > size ? 0 : offset
    const start = Math.max(0, wanted)
    const buffer = Buffer.alloc(Math.min(TAIL_BYTES, size - start))
    const bytes = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, start))
    const end = bytes.lastIndexOf(0x0a) + 1
    // A tail begins in the middle of a line.
    const begin = offset === undefined && start > 0 ? bytes.indexOf(0x0a) + 1 : 0
    const lines = bytes.toString('utf8', begin, end).split('\n')
    return {
      records: lines.filter((line) => line !== '').map((line) => parseLogLine(line, node)),
      nextOffset: start + end,
    }
  } finally {
    closeSync(file)
  }
}

/** A line of pino's JSON; any other text, for instance a crash of the runtime, as a record without time. */
export function parseLogLine(line: string, node: string): LogRecord {
  const place = { node, service: node.replace(/-[^-]*$/, '') }
  const parsed = PinoLine.safeParse(tryJson(line))
  if (!parsed.success) {
    const text = { severity: '', severityNumber: 0, body: line }
    return { ...place, ...text, timeMicros: Number.NaN, traceId: '', spanId: '', attributes: {} }
  }
  const { level, time, msg, trace_id, span_id, ...attributes } = parsed.data
  return {
    ...place,
    timeMicros: Date.parse(time) * 1_000,
    severity: level.toUpperCase(),
    severityNumber: severityNumbers[level] ?? 0,
    body: msg ?? '',
    traceId: trace_id ?? '',
    spanId: span_id ?? '',
    attributes,
  }
}

/** The severity number of a level's name. Throws `CliError` for an unknown one. */
export function severityNumberOf(level: string): number {
  const number = severityNumbers[level.toLowerCase()]
  if (number === undefined) throw new CliError(`--severity must be one of ${Object.keys(severityNumbers).join(', ')}`)
  return number
}

function tryJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
