// `faultline replay FILE`: plays a schedule on a cluster of its own, with what is to be different, and prints both runs side by side.
import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import { parseSchedule, type Schedule } from '../../faults/schedules/schedule.ts'
import { problemsOf } from '../replay/check.ts'
import { compare } from '../replay/compare.ts'
import { describeOverrides, type Overrides, override } from '../replay/overrides.ts'
import { parseRate, readableFile, wholeNumber } from './arguments.ts'
import { type CliContext, CliError } from './context.ts'
import { writeRecording } from './record.ts'
import { drawComparison } from './render/comparison-table.ts'
import { collect, parseFaultParameter, parseSetting } from './replay-arguments.ts'

type ReplayOptions = Overrides & { baseline?: true; out?: string; json?: true }

export function registerReplay(program: Command, context: CliContext): void {
  program
    .command('replay')
    .description('play a recorded schedule again on a cluster of its own, and compare both runs')
    .argument('<file>', 'a schedule, as `record` writes it; faults/schedules/ has two', readableFile)
    .option(
      '--set <policy=value>',
      'a policy that holds all the time; @kind or @caller>callee says where',
      collect(parseSetting),
    )
    .option('--without <fault>', 'leave out a fault, or one injection of it', collect(nameOf))
    .option(
      '--fault <id.parameter=value>',
      'another parameter of a fault; forS is how long it lasts',
      collect(parseFaultParameter),
    )
    .option('--load <rps>', 'requests a second, all the time', parseRate)
    .option('--seed <n>', 'of catalogue, customers and load; faults keep theirs', wholeNumber(0, 2 ** 31 - 1))
    .option('--baseline', 'play it unchanged first, so that both runs come from this machine')
    .option('--out <file>', 'write this run as a recording')
    .option('--json', 'print JSON: both recordings and their comparison')
    .addHelpText(
      'after',
      `
A run is compared with the outcome that stands in the file. That may come from another machine, or a calmer hour: --baseline plays the
schedule unchanged first, and compares with that. A file without an outcome is played so of itself when anything is to be different.
The cluster has ports and data of its own, which are gone at the end; one that is running is not touched. Ctrl-C stops it.

Examples:
  faultline replay faults/schedules/retry-storm.json
  faultline replay faults/schedules/retry-storm.json --set retryBudget=on --baseline
  faultline replay outage.json --without latency-2 --fault slow-replica.delayMs=900 --out again.json`,
    )
    .action((file: string, options: ReplayOptions) => replay(context, file, options))
}

async function replay(context: CliContext, file: string, options: ReplayOptions): Promise<void> {
  const { out } = context
  const recorded = readSchedule(file)
  const plan = playable(file, overridden(file, recorded, options))
  const differences = describeOverrides(options)
  // Loaded here only: every other command starts several times faster without a supervisor in its way.
  const { playForPeople } = await import('./replay-run.ts')
  const needsBaseline = options.baseline === true || (recorded.outcome === undefined && differences.length > 0)
  const plans = needsBaseline ? [{ name: 'as recorded', plan: override(recorded, {}) }] : []
  const runs = await playForPeople(context, [...plans, { name: differences.join(', ') || 'as recorded', plan }], {
    quiet: options.json === true,
    intervalS: recorded.outcome?.intervalS,
  })
  const run = runs.at(-1)
  if (!run) return
  if (options.out !== undefined) writeRecording(options.out, run)
  const first = runs.length > 1 ? runs[0] : undefined
  const baseline = first ?? recorded
  const comparison = compare(baseline, run)
  if (options.json) return out.printJson({ recorded: baseline, run, overrides: differences, comparison })
  const titles = { recorded: first ? 'as recorded, this machine' : 'recorded', run: 'this run' }
  out.print('')
  out.print(differences.length === 0 ? 'this run: the same again' : `this run: ${differences.join(', ')}`)
  for (const line of drawComparison(comparison, titles, out)) out.print(line)
  if (options.out !== undefined) out.print(`\n${options.out} has this run`)
}

/** Throws `CliError` with what is wrong in the file. */
export function readSchedule(file: string): Schedule {
  let schedule: Schedule
  try {
    schedule = parseSchedule(readFileSync(file, 'utf8'), file)
  } catch (cause) {
    throw new CliError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
  return playable(file, schedule)
}

function playable(file: string, schedule: Schedule): Schedule {
  const problems = problemsOf(schedule)
  if (problems.length === 0) return schedule
  throw new CliError(`${file} can't be played:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
}

function overridden(file: string, schedule: Schedule, overrides: Overrides): Schedule {
  try {
    return override(schedule, overrides)
  } catch (cause) {
    throw new CliError(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

function nameOf(text: string): string {
  if (!/^[\w-]{1,64}$/.test(text)) throw new InvalidArgumentError('It must be the id of a fault or an injection.')
  return text
}
