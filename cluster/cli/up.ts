// `faultline up`: starts a cluster and stays with it until Ctrl-C, or starts it in the background.
import { type Command, Option } from 'commander'
import { type Cluster, startCluster } from '../supervisor/cluster.ts'
import { type ClusterSize, clusterSizes } from '../topology/nodes.ts'
import { parseRate, wholeNumber } from './arguments.ts'
import type { CliContext } from './context.ts'
import { startDetached } from './detached.ts'
import { createProgressView, type ProgressView } from './progress.ts'
import { printStatus } from './status.ts'

export type UpOptions = { size: ClusterSize; load: number; seed: number; detach?: true }

const DEFAULT_LOAD = 20

export function registerUp(program: Command, context: CliContext): void {
  program
    .command('up')
    .description('start everything: PostgreSQL, the nodes, the telemetry backend, the load')
    .option('--detach', 'return once everything is ready, and leave it running')
    .addOption(
      new Option('--size <size>', 'small: one region, one replica of each kind').choices(clusterSizes).default('full'),
    )
    .addOption(
      new Option('--load <rps>', 'requests a second to offer; 0 for none').argParser(parseRate).default(DEFAULT_LOAD),
    )
    .addOption(
      new Option('--seed <n>', 'seed of catalogue, customers and load')
        .argParser(wholeNumber(0, 2 ** 31 - 1))
        .default(1),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  faultline up\n  faultline up --size small --load 5\n  faultline up --detach && faultline status && faultline down',
    )
    .action((options: UpOptions) => (options.detach ? startDetached(context, options) : runAttached(context, options)))
}

async function runAttached(context: CliContext, options: UpOptions): Promise<void> {
  const { out } = context
  const startedAtMs = performance.now()
  const view = createProgressView(out, process.stdout)
  const interrupt = new AbortController()
  const signals = onSignals(() => interrupt.abort())
  let cluster: Cluster
  try {
    cluster = await startCluster({
      root: context.root,
      dataDir: context.dataDir(),
      size: options.size,
      load: options.load,
      seed: options.seed,
      ports: 'standard',
      onProgress: (progress) => view.show(progress),
      signal: interrupt.signal,
    })
  } catch (error) {
    view.end()
    if (!interrupt.signal.aborted) throw error
    out.print('stopped before it was ready')
    process.exit(0)
  }
  view.end()
  printStatus(await context.control().getStatus({}), out)
  out.print('')
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
  out.print(`${out.colors.green('ready')} after ${seconds} s; Ctrl-C stops everything`)
  const stopped = new Promise<void>((resolve) => signals.replace(resolve))
  await Promise.race([stopped, cluster.stopRequested])
  await stop(cluster, createProgressView(out, process.stdout), signals)
  out.print('stopped')
  process.exit(0)
}

async function stop(cluster: Cluster, view: ProgressView, signals: Signals): Promise<void> {
  view.show({ kind: 'step', text: 'stopping; again to stop at once' })
  signals.replace(() => {
    void cluster.kill().finally(() => process.exit(130))
  })
  await cluster.stop()
  view.end()
}

type Signals = { replace(listener: () => void): void }

/** Ctrl-C, a kill and a closed terminal are one wish; what they do changes over the life of the run. */
function onSignals(first: () => void): Signals {
  let listener = first
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => listener())
  return {
    replace(next) {
      listener = next
    },
  }
}
