// `faultline top`: a table of the services that refreshes in place, by Prometheus's HTTP API.
import { setTimeout as delay } from 'node:timers/promises'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type CliContext, CliError } from './context.ts'
import { LiveScreen, type TerminalStream } from './live-screen.ts'
import { createPrometheus } from './prometheus.ts'
import { parseDurationS } from './query-time.ts'
import { drawTop, sortServices, type TopOrder, topOrders } from './render/top-table.ts'
import { type ClusterFigures, readFigures } from './service-figures.ts'

export type TopOptions = {
  /** Seconds. */
  interval: number
  window: string
  sort: TopOrder
  once: boolean
  json: boolean
  prometheus?: string
}

/** The terminal, and who says that it is to be left. */
export type TopTerminal = {
  stream: TerminalStream & Pick<NodeJS.WriteStream, 'on' | 'off'>
  signals: Pick<NodeJS.Process, 'on' | 'off'>
}

const MIN_INTERVAL_S = 0.5
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function registerTop(program: Command, context: CliContext): void {
  program
    .command('top')
    .description('a live table of the services: rate, errors, latency, saturation')
    .addOption(new Option('--interval <time>', 'how often it refreshes').argParser(parseInterval).default(2, '2s'))
    .option('--window <time>', 'how long the rates look back: several scrapes', parseWindow, '30s')
    .addOption(new Option('--sort <by>', 'which services come first').choices(topOrders).default('rate'))
    .option('--once', 'print the table once, as it is done in a pipe', false)
    .option('--json', 'print the figures once, as JSON', false)
    .option('--prometheus <url>', "ask this Prometheus instead of the run's backend")
    .addHelpText(
      'after',
      `
The rate counts requests, of a consumer messages, of the load generator what its customers do.
LOOP is the utilisation of the event loop, CPU that of a core: of each service's busiest instance.

Examples:
  $ faultline top
  $ faultline top --once --sort p95`,
    )
    .action((options: TopOptions) => showTop(context, options, { stream: process.stdout, signals: process }))
}

export async function showTop(context: CliContext, options: TopOptions, terminal: TopTerminal): Promise<void> {
  const { out } = context
  const stop = new AbortController()
  const url = options.prometheus ?? context.run().urls.prometheus
  const prometheus = createPrometheus(url, stop.signal)
  const read = () => readFigures(prometheus, options.window)
  const draw = (figures: ClusterFigures) => {
    const { window, sort } = options
    const { columns, colors } = out
    return drawTop({ figures, nowMs: Date.now(), window, order: sort, columns, colors })
  }
  // Before the screen is taken: whoever cannot be asked at all is no reason for one.
  const first = await read()
  if (first.services.length === 0) out.note(`${url} scrapes no service: nothing has the label "service"`)
  if (options.json) return out.printJson({ ...first, services: sortServices(first.services, options.sort) })
  if (options.once || !out.isTerminal) {
    for (const line of draw(first)) out.print(line)
    return
  }
  const intervalMs = options.interval * 1_000
  await refresh({ first, read, draw, intervalMs, failed: (text) => out.colors.red(text) }, terminal, stop)
}

type Refreshing = {
  first: ClusterFigures
  read(): Promise<ClusterFigures>
  draw(figures: ClusterFigures): string[]
  intervalMs: number
  failed(text: string): string
}

/** Draws until it is stopped by a signal; an answer that fails to come is said, and the last one stays. */
async function refresh(
  { first, read, draw, intervalMs, failed }: Refreshing,
  { stream, signals }: TopTerminal,
  stop: AbortController,
): Promise<void> {
  const screen = new LiveScreen(stream)
  let figures = first
  let failure: string | undefined
  const redraw = () => screen.draw([...draw(figures), ...(failure === undefined ? [] : ['', failed(failure)])])
  const end = () => stop.abort()
  for (const signal of STOP_SIGNALS) signals.on(signal, end)
  stream.on('resize', redraw)
  screen.open()
  try {
    while (!stop.signal.aborted) {
      redraw()
      await delay(intervalMs, undefined, { signal: stop.signal })
      figures = await read()
        .finally(() => {
          failure = undefined
        })
        .catch((error: unknown) => {
          if (!(error instanceof CliError)) throw error
          failure = error.message
          return figures
        })
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    screen.close()
    stream.off('resize', redraw)
    for (const signal of STOP_SIGNALS) signals.off(signal, end)
  }
}

function parseInterval(text: string): number {
  const seconds = parseDurationS(text)
  if (seconds === undefined || seconds < MIN_INTERVAL_S) {
    throw new InvalidArgumentError(`must be a duration from ${MIN_INTERVAL_S * 1_000}ms on, for instance 2s.`)
  }
  return seconds
}

function parseWindow(text: string): string {
  const seconds = parseDurationS(text)
  if (seconds === undefined || seconds < 1)
    throw new InvalidArgumentError('must be a duration from 1s on, for instance 30s or 5m.')
  return /^[\d.]+$/.test(text) ? `${Math.round(seconds)}s` : text
}
