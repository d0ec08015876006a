// The command line of `npm run faults:verify`.
import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type ClusterSize, clusterSizes } from '../../cluster/topology/nodes.ts'

export type Options = {
  ids: string[]
  alerts: boolean
  contract: boolean
  impact: boolean
  full: boolean
  jobs: number
  write: boolean
  table: boolean
  limitMin: number | undefined
  /** Seconds of a healthy run, instead of anything else. */
  healthy: number | undefined
  size: ClusterSize
}

/** A cluster keeps about a core busy. */
const maxJobs = 8

export function parseOptions(argv: readonly string[]): Options {
  const command = new Command('npm run faults:verify --')
    .description(
      'Holds the contract of each fault on real clusters, and measures what it costs customers and what each remedy takes away.',
    )
    .argument('[ids...]', 'faults of the catalogue; all when omitted')
    .option('--no-alerts', 'do not wait for alerts')
    .option('--no-contract', 'measure impacts only')
    .option('--no-impact', 'hold contracts only')
    .option('--full', 'hold contracts on the cluster of three regions, those too that one region shows', false)
    .addOption(new Option('--jobs <n>', 'clusters at a time').argParser(wholeUpTo(maxJobs)).default(defaultJobs()))
    .option(
      '--limit <minutes>',
      'begin nothing new after so long; by default as long as all of it may take',
      wholeUpTo(600),
    )
    .option('--write', 'write the figures to faults/verified.json, and the table of faults/README.md', false)
    .option('--table', 'write the table again from faults/verified.json, and run nothing', false)
    .option(
      '--healthy <duration>',
      'instead: run a healthy cluster for so long (10m, 90s), and see that no signature holds',
      duration,
    )
    .addOption(new Option('--size <size>', 'of the healthy cluster').choices(clusterSizes).default('small'))
    .parse([...argv], { from: 'user' })
  const { limit, ...options } = command.opts<Omit<Options, 'ids' | 'limitMin'> & { limit?: number }>()
  return { ...options, healthy: options.healthy, limitMin: limit, ids: command.args }
}

function defaultJobs(): number {
  return Math.max(1, Math.min(maxJobs, Math.floor(availableParallelism() / 2)))
}

function wholeUpTo(max: number) {
  return (text: string): number => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= 1 && value <= max) return value
    throw new InvalidArgumentError(`must be a whole number from 1 to ${max}`)
  }
}

/** In seconds. */
function duration(text: string): number {
  const [, number, unit] = /^(\d+)(s|m)$/.exec(text) ?? []
  const seconds = Number(number) * (unit === 'm' ? 60 : 1)
  if (seconds >= 20 && seconds <= 7_200) return seconds
  throw new InvalidArgumentError('must be a duration from 20s to 120m')
}
