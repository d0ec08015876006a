// `faultline trace ID`: one trace as a waterfall in the terminal, with its logs and what it is linked to.
import type { Command } from 'commander'
import { type CliContext, CliError } from './context.ts'
import { fetchTrace } from './jaeger.ts'
import { fetchLogs } from './log-api.ts'
import type { LogRecord } from './render/log-line.ts'
import { readSpans, type Span, sameTrace } from './render/span.ts'
import { describeTrace } from './render/trace-tree.ts'
import { drawWaterfall } from './render/waterfall.ts'

export type TraceOptions = { logs: boolean; jaeger?: string; json: boolean }

const MAX_LOGS = 1_000
/** Linked traces that are looked up for their names. */
const MAX_LINKED = 8

export function registerTrace(program: Command, context: CliContext): void {
  program
    .command('trace')
    .description('show one trace as a waterfall')
    .argument('<id>', 'trace id: up to 32 hexadecimal digits, as `faultline traces` and the x-trace-id header give it')
    .option('--no-logs', 'without the log lines under their spans')
    .option('--jaeger <url>', "ask this Jaeger instead of the run's backend")
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
A node is named where the trace enters it; an arrow (→) marks what leaves it: calls, statements, messages.

Examples:
  $ faultline trace 4bf92f3577b34da6a3ce929d0e0e4736
  $ faultline trace 4bf92f3577b34da6a3ce929d0e0e4736 --json | jq '.spans[] | select(.isError)'`,
    )
    .action((id: string, options: TraceOptions) => showTrace(context, id, options))
}

export async function showTrace(context: CliContext, id: string, options: TraceOptions): Promise<void> {
  if (!/^[0-9a-fA-F]{1,32}$/.test(id)) throw new CliError('a trace id has up to 32 hexadecimal digits')
  const { out } = context
  const jaeger = options.jaeger ?? context.run().urls.jaeger
  const traceId = id.toLowerCase()
  const [trace, logs] = await Promise.all([fetchTrace(jaeger, traceId), readLogs(jaeger, traceId, options)])
  if (!trace) {
    throw new CliError(
      `there is no trace ${traceId}: spans arrive about a second after they end, and old traces are evicted`,
    )
  }
  const spans = readSpans(trace)
  if (options.json) {
    const { startMicros, durationMicros, services, errors } = describeTrace(spans)
    const facts = { start: new Date(startMicros / 1_000).toISOString(), durationMs: durationMicros / 1_000 }
    out.printJson({ traceId: trace.traceID, ...facts, services, errors, spans, logs, warnings: trace.warnings ?? [] })
    return
  }
  const linkNames = await nameLinkedTraces(jaeger, trace.traceID, spans)
  const input = { traceId: trace.traceID, spans, logs, linkNames, warnings: trace.warnings ?? [] }
  const drawing = drawWaterfall(input, { columns: out.columns, cutRemarks: out.isTerminal, colors: out.colors })
  for (const line of drawing) out.print(line)
}

async function readLogs(jaeger: string, traceId: string, options: TraceOptions): Promise<LogRecord[]> {
  if (!options.logs) return []
  const page = await fetchLogs(jaeger, { traceId, limit: MAX_LOGS }).catch((error: unknown) => {
    // A Jaeger of the user's own answers a path that it does not know with its web page.
    if (options.jaeger === undefined) throw error
    return undefined
  })
  return page?.records ?? []
}

/** Linked traces by what they began with. One that is not there stays without a name. */
async function nameLinkedTraces(jaeger: string, ownId: string, spans: Span[]): Promise<Map<string, string>> {
  const linked = new Set(spans.flatMap((span) => span.links.map((link) => link.traceId)))
  const others = [...linked].filter((id) => !sameTrace(id, ownId)).slice(0, MAX_LINKED)
  const entries = await Promise.all(
    others.map(async (id): Promise<[string, string][]> => {
      const trace = await fetchTrace(jaeger, id)
      if (!trace) return []
      const { root } = describeTrace(readSpans(trace))
      return [[id, `${root.node} ${root.operation}`]]
    }),
  )
  return new Map(entries.flat())
}
