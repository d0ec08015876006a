// `faultline traces`: searches traces by Jaeger's HTTP API.
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { CliContext } from './context.ts'
import { fetchServices, type JaegerTrace, searchTraces } from './jaeger.ts'
import { parseMicros } from './render/duration.ts'
import { readSpans } from './render/span.ts'
import { describeTrace } from './render/trace-tree.ts'
import { drawTraces, type TraceSummary } from './render/traces-table.ts'

export type TracesOptions = {
  service?: string
  operation?: string
  minDuration?: string
  maxDuration?: string
  error: boolean
  tag: Record<string, string>
  limit: number
  /** µs. */
  lookback: number
  jaeger?: string
  json: boolean
}

/** Every request of a customer passes here. */
const DEFAULT_SERVICE = 'frontdoor'
const MAX_LIMIT = 1_500
/** Of an unknown system, so many services are asked when none is named. */
const MAX_SERVICES = 20

export function registerTraces(program: Command, context: CliContext): void {
  program
    .command('traces')
    .description('search traces, newest first')
    .option('--service <name>', 'traces that this service took part in (default: frontdoor, else every service)')
    .option('--operation <name>', "name of one of the service's spans")
    .option('--min-duration <time>', 'of a span, for instance 100ms or 1.5s', parseDuration)
    .option('--max-duration <time>', 'of a span', parseDuration)
    .option('--error', 'only traces with an error in the service', false)
    .option('--tag <key=value>', 'only with this attribute; may be given again', addTag, {})
    .option('--limit <count>', 'how many traces', parseLimit, 20)
    .addOption(
      new Option('--lookback <time>', 'how far back, for instance 15m, 2h or 1d')
        .argParser(parseLookback)
        .default(3_600_000_000, '1h'),
    )
    .option('--jaeger <url>', "ask this Jaeger instead of the run's backend")
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
Examples:
  $ faultline traces --service orders --min-duration 200ms
  $ faultline traces --error --tag customer.region=asia
  $ faultline traces --service payments --operation 'PUT /charges/:orderId' --json`,
    )
    .action((options: TracesOptions) => showTraces(context, options))
}

export async function showTraces(context: CliContext, options: TracesOptions): Promise<void> {
  const { out } = context
  const traces = await findTraces(options.jaeger ?? context.run().urls.jaeger, options, Date.now())
  if (options.json) out.printJson(traces.map(toJson))
  else if (traces.length === 0) out.note('no traces match')
  else for (const line of drawTraces(traces, out.columns, out.colors)) out.print(line)
}

async function findTraces(jaeger: string, options: TracesOptions, nowMs: number): Promise<TraceSummary[]> {
  const services = options.service === undefined ? await defaultServices(jaeger) : [options.service]
  const endMicros = nowMs * 1_000
  const search = {
    operation: options.operation,
    minDuration: options.minDuration,
    maxDuration: options.maxDuration,
    tags: { ...options.tag, ...(options.error ? { error: 'true' } : {}) },
    limit: options.limit,
    startMicros: Math.max(0, Math.round(endMicros - options.lookback)),
    // Clocks of other machines may be a little ahead.
    endMicros: endMicros + 60_000_000,
  }
  const found = await Promise.all(services.map((service) => searchTraces(jaeger, { ...search, service })))
  const byId = new Map(found.flat().map((trace) => [trace.traceID, trace]))
  return [...byId.values()]
    .filter((trace) => trace.spans.length > 0)
    .map(summarize)
    .sort((one, other) => other.startMicros - one.startMicros)
    .slice(0, options.limit)
}

async function defaultServices(jaeger: string): Promise<string[]> {
  const services = await fetchServices(jaeger)
  return services.includes(DEFAULT_SERVICE) ? [DEFAULT_SERVICE] : services.slice(0, MAX_SERVICES)
}

function summarize(trace: JaegerTrace): TraceSummary {
  const spans = readSpans(trace)
  const { root, startMicros, durationMicros, services, errors } = describeTrace(spans)
  return {
    traceId: trace.traceID,
    startMicros,
    durationMicros,
    rootService: root.service,
    rootOperation: root.operation,
    spans: spans.length,
    services,
    errors,
  }
}

function toJson({ startMicros, durationMicros, ...rest }: TraceSummary): Record<string, unknown> {
  return { ...rest, start: new Date(startMicros / 1_000).toISOString(), durationMs: durationMicros / 1_000 }
}

/** Checked here and sent on in Go's form, which this is. */
function parseDuration(text: string): string {
  if (parseMicros(text) === undefined || text.endsWith('d')) {
    throw new InvalidArgumentError('must be a duration such as 250us, 100ms, 1.5s or 2m.')
  }
  return text
}

function parseLookback(text: string): number {
  const micros = parseMicros(text)
  if (!micros) throw new InvalidArgumentError('must be a duration such as 15m, 2h or 1d.')
  return micros
}

function addTag(text: string, tags: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('must be key=value.')
  return { ...tags, [text.slice(0, at)]: text.slice(at + 1) }
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new InvalidArgumentError(`must be a whole number from 1 to ${MAX_LIMIT}.`)
  }
  return limit
}
