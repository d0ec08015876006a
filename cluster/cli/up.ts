// `faultline up`: starts a cluster and stays with it until Ctrl-C, or starts it in the background.
import { type Command, Option } from 'commander'
import type { ClusterOptions } from '../supervisor/cluster.ts'
import { type ClusterSize, clusterSizes } from '../topology/nodes.ts'
import { parseRate, readableFile, wholeNumber } from './arguments.ts'
import type { CliContext } from './context.ts'

export type UpOptions = {
  size: ClusterSize
  load: number
  seed: number
  /** Absolute path. */
  journeys?: string
  ports: ClusterOptions['ports']
  detach?: true
  watched?: true
}

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
    .option('--journeys <file>', 'what customers do, in the form of services/load/journeys.json', readableFile)
    // For tests, whose clusters run beside each other and beside one on the standard ports.
    .addOption(new Option('--ports <which>').choices(['standard', 'auto']).default('standard').hideHelp())
    .addOption(new Option('--watched', 'started by `up --detach`, to which it reports').hideHelp())
    .addHelpText(
      'after',
      '\nExamples:\n  faultline up\n  faultline up --size small --load 5\n  faultline up --detach && faultline status && faultline down',
    )
    .action(async (options: UpOptions) => {
      // Loaded here only: every other command starts several times faster without a supervisor in its way.
      if (options.detach) return (await import('./detached.ts')).startDetached(context, options)
      return (await import('./attached.ts')).runAttached(context, options)
    })
}
