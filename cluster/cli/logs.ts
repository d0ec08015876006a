// `faultline logs`: log lines of all nodes or of one, from the backend, or from the node's log file when the backend has none.
import { setTimeout as delay } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { type CliContext, CliError } from './context.ts'
import { fetchLogs } from './log-api.ts'
import { logFilePath, readLogFile, severityNumberOf } from './log-file.ts'
import { drawLogLine, type LogRecord } from './render/log-line.ts'

export type LogsOptions = {
  trace?: string
  follow: boolean
  limit: number
  severity?: string
  json: boolean
}

const POLL_MS = 500
const MAX_LIMIT = 5_000

export function registerLogs(program: Command, context: CliContext): void {
  program
    .command('logs')
    .description('show log lines of all nodes, or of one')
    .argument('[node]', 'a node, for instance orders-1')
    .option('--trace <id>', 'only lines of this trace')
    .option('-f, --follow', 'go on with new lines as they come', false)
    .option('--limit <count>', 'how many lines, the newest', parseLimit, 100)
    .option('--severity <level>', 'lowest level: trace, debug, info, warn, error or fatal')
    .option('--json', 'one JSON object a line', false)
    .addHelpText(
      'after',
      `
Examples:
  $ faultline logs orders-1 --follow
  $ faultline logs --severity warn
  $ faultline logs --trace 4bf92f3577b34da6a3ce929d0e0e4736`,
    )
    .action((node: string | undefined, options: LogsOptions) => showLogs(context, node, options))
}

export async function showLogs(context: CliContext, node: string | undefined, options: LogsOptions): Promise<void> {
  const minSeverity = options.severity === undefined ? 0 : severityNumberOf(options.severity)
  const print = printer(context, options)
  if (await showFromBackend(context, node, options, print)) return
  if (node === undefined) {
    context.out.note('no log lines')
    return
  }
  const matches = (record: LogRecord) =>
    record.severityNumber >= minSeverity && (options.trace === undefined || record.traceId === options.trace)
  await showFromFile(context, node, options, matches, print)
}

type Print = (records: LogRecord[]) => void

function printer({ out }: CliContext, { json }: LogsOptions): Print {
  return (records) => {
    for (const record of records) out.print(json ? JSON.stringify(toJson(record)) : drawLogLine(record, out.colors))
  }
}

function toJson({ timeMicros, ...rest }: LogRecord): Record<string, unknown> {
  return { time: Number.isNaN(timeMicros) ? null : new Date(timeMicros / 1_000).toISOString(), ...rest }
}

/** False when the backend has nothing of it; then the file may. */
async function showFromBackend(
  context: CliContext,
  node: string | undefined,
  { trace, severity, limit, follow }: LogsOptions,
  print: Print,
): Promise<boolean> {
  let url: string
  try {
    url = context.run().urls.jaeger
  } catch (error) {
    // A node's file outlives the run.
    if (node !== undefined && error instanceof CliError && !follow) return false
    throw error
  }
  const search = { traceId: trace, node, severity, limit }
  let page = await fetchLogs(url, search)
  if (!page || (page.records.length === 0 && !follow)) return false
  print(page.records)
  while (follow) {
    if (!page.more) await delay(POLL_MS)
    const next = await fetchLogs(url, { ...search, limit: MAX_LIMIT, after: page.cursor })
    if (!next) throw new CliError('the backend keeps no logs any more')
    print(next.records)
    page = next
  }
  return true
}

async function showFromFile(
  context: CliContext,
  node: string,
  { limit, follow }: LogsOptions,
  matches: (record: LogRecord) => boolean,
  print: Print,
): Promise<void> {
  const path = logFilePath(context.dataDir(), node)
  let chunk = readLogFile(path, node)
  if (!chunk) throw new CliError(`no log lines of ${node}: neither in the backend nor in ${path}`)
  print(chunk.records.filter(matches).slice(-limit))
  while (follow) {
    await delay(POLL_MS)
    const next = readLogFile(path, node, chunk.nextOffset)
    print(next?.records.filter(matches) ?? [])
    chunk = next ?? chunk
  }
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new InvalidArgumentError(`must be a whole number from 1 to ${MAX_LIMIT}.`)
  }
  return limit
}
