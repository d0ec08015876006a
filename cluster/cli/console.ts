// `faultline console`: the web application over any Jaeger and Prometheus, without a cluster of ours.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { consoleLink } from '../../console/server/session.ts'
import { wholeNumber } from './arguments.ts'
import { type CliContext, CliError } from './context.ts'

export type ConsoleOptions = {
  jaeger?: string
  prometheus?: string
  control?: string
  /** Of the control plane. */
  token?: string
  shop?: string
  otlp?: string
  port: number
}

const DEFAULT_PORT = 3000

export function registerConsole(program: Command, context: CliContext): void {
  program
    .command('console')
    .description('the web application over any Jaeger and Prometheus; a cluster of ours has one already')
    .option('--jaeger <url>', "Jaeger's query API", parseUrl)
    .option('--prometheus <url>', "Prometheus's HTTP API", parseUrl)
    .option('--control <url>', 'a control plane of ours', parseUrl)
    .option('--token <token>', "the control plane's token (default: $FAULTLINE_TOKEN)")
    .option('--shop <url>', 'the frontdoor of the shop', parseUrl)
    .option('--otlp <url>', 'where the storefront sends its traces, OTLP over HTTP', parseUrl)
    .option('--port <port>', 'where to listen, on 127.0.0.1; 0 for any', wholeNumber(0, 65_535), DEFAULT_PORT)
    .addHelpText(
      'after',
      '\nExamples:\n  $ faultline console --jaeger http://127.0.0.1:16686 --prometheus http://127.0.0.1:9090',
    )
    .action((options: ConsoleOptions) => runConsole(context, options))
}

async function runConsole(context: CliContext, options: ConsoleOptions): Promise<void> {
  const { jaeger, prometheus, control, shop, otlp, port } = options
  if (!jaeger && !prometheus) {
    throw new CliError(
      'name what to show: --jaeger URL, --prometheus URL, or both (`faultline open` opens a cluster’s own)',
    )
  }
  const given = options.token ?? process.env['FAULTLINE_TOKEN']
  if (control && !given) throw new CliError('--control needs the token of its run: --token or FAULTLINE_TOKEN')
  // Without a control plane it is only what sessions are bound to.
  const token = given ?? randomBytes(32).toString('base64url')
  // Loaded here only: no other command needs a server.
  const { serveConsole } = await import('../../console/server/serve.ts')
  const config = {
    host: '127.0.0.1',
    port,
    jaegerUrl: jaeger,
    prometheusUrl: prometheus,
    controlUrl: control,
    shopUrl: shop,
    otlpUrl: otlp,
    token,
    hosts: [],
    version: '',
    parentPipe: false,
  }
  const serving = await serveConsole(config, {
    webFolder: join(context.root, 'dist/console'),
    onError: (error) => context.out.note(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') throw cause
    throw new CliError(`port ${port} is taken; choose another with --port, or any with --port 0`, { cause })
  })
  context.out.print(consoleLink(`http://127.0.0.1:${serving.port}`, token))
  context.out.note('Ctrl-C ends it')
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
  await serving.close()
}

function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new InvalidArgumentError('must be an address such as http://127.0.0.1:16686.')
  }
  return text.replace(/\/+$/, '')
}
