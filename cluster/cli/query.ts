// `faultline query`: evaluates PromQL at one time or over a range, by Prometheus's HTTP API.
import { type Command, InvalidArgumentError } from 'commander'
import { type CliContext, CliError } from './context.ts'
import { createPrometheus, PrometheusError } from './prometheus.ts'
import { parseDurationS, parseTimeS, stepFor } from './query-time.ts'
import { plain } from './render/cells.ts'
import { drawAnswer, type TimeGrid } from './render/query-answer.ts'
import { markPosition } from './render/query-mark.ts'

export type QueryOptions = {
  /** Seconds. */
  range?: number
  step?: number
  time?: string
  prometheus?: string
  json: boolean
}

/** A line of blocks of this many characters shows all points of a range for which no step was asked. */
const DEFAULT_POINTS = 120

export function registerQuery(program: Command, context: CliContext): void {
  program
    .command('query')
    .description('evaluate PromQL: a table at one time, a line of blocks per series over a range')
    .argument('<promql>', 'the query, in quotes; after -- when it begins with a minus')
    .option('--range <time>', 'over this long, for instance 15m or 1h30m, up to --time', parseDuration)
    .option('--step <time>', 'distance of the points of a range (default: by the range)', parseDuration)
    .option('--time <time>', 'when: ISO 8601, seconds since 1970, or -5m for five minutes ago (default: now)')
    .option('--prometheus <url>', "ask this Prometheus instead of the run's backend")
    .option('--json', "print Prometheus's own answer as JSON", false)
    .addHelpText(
      'after',
      `
Each line of blocks has a scale of its own, from the series' least value to its greatest.

Examples:
  $ faultline query 'sum by (service) (rate(http_server_request_duration_seconds_count[30s]))'
  $ faultline query 'max by (instance) (nodejs_eventloop_utilization_ratio)' --range 15m --step 5s
  $ faultline query up --time -5m --json`,
    )
    .action((query: string, options: QueryOptions) => showQuery(context, query, options))
}

export async function showQuery(context: CliContext, query: string, options: QueryOptions): Promise<void> {
  const { out } = context
  if (options.step !== undefined && options.range === undefined) throw new CliError('--step goes with --range')
  const prometheus = createPrometheus(options.prometheus ?? context.run().urls.prometheus)
  const nowS = Date.now() / 1000
  const timeS = options.time === undefined ? undefined : parseTimeS(options.time, nowS)
  if (options.time !== undefined && timeS === undefined) {
    throw new CliError('--time must be an ISO 8601 time, seconds since 1970, or -5m for five minutes ago')
  }
  const asked = askedRange(options, timeS ?? nowS)
  const answer = await (asked
    ? prometheus.queryRange(query, asked.startS, asked.endS, asked.stepS)
    : prometheus.query(query, timeS)
  ).catch((error: unknown) => {
    if (!(error instanceof PrometheusError)) throw error
    throw new CliError(markPosition(query, error.message, out.columns).join('\n'), { cause: error })
  })
  if (options.json) {
    const { data, ...notes } = answer
    return out.printJson({ ...data, ...notes })
  }
  const lines = drawAnswer(query, answer.data, asked, {
    columns: out.columns,
    cutLabels: out.isTerminal,
    colors: out.colors,
  })
  for (const line of lines) out.print(line.trimEnd())
  if (lines.length === 0) out.note('no series')
  for (const text of [...answer.warnings, ...answer.infos]) out.note(out.colors.yellow(plain(text)))
}

function askedRange({ range, step }: QueryOptions, endS: number): TimeGrid | undefined {
  if (range === undefined) return undefined
  return { startS: endS - range, endS, stepS: step ?? stepFor(range, DEFAULT_POINTS) }
}

function parseDuration(text: string): number {
  const seconds = parseDurationS(text)
  if (seconds === undefined) {
    throw new InvalidArgumentError('must be a duration such as 15m, 1h30m or 500ms, or a number of seconds.')
  }
  return seconds
}
