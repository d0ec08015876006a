// `faultline record FILE`: what was done to the running cluster, and what came of it, as a schedule that can be played again.
import { writeFileSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import { formatSchedule, MAX_DURATION_S, type Schedule } from '../../faults/schedules/schedule.ts'
import { measureOutcome } from '../replay/measure.ts'
import { DEFAULT_SEED, toSchedule, type Window, wholeWindow } from '../replay/record.ts'
import { type CliContext, CliError } from './context.ts'
import { parseForS } from './fault-arguments.ts'
import { createPrometheus } from './prometheus.ts'

type RecordOptions = { last?: number; title?: string; json?: true }

export function registerRecord(program: Command, context: CliContext): void {
  program
    .command('record')
    .description('write what was done to the running cluster, and what customers got, as a schedule for `replay`')
    .argument('<file>', 'to be written; - for standard output')
    .option('--last <duration>', 'only the last while, for instance 10m; from the first change when omitted', parseForS)
    .option('--title <words>', 'what it shows, in a sentence', titleOf)
    .addHelpText(
      'after',
      `
A recording is the whole truth of the control plane: load, faults with their parameters and seeds, policies, replicas, killed nodes.
Faults that were injected with --secret stand in it, too: do not give it to whoever is to find them.
The customers' figures come from the run's Prometheus, which keeps two hours.

Examples:
  faultline record outage.json
  faultline record - --last 5m | less`,
    )
    .action((file: string, options: RecordOptions) => record(context, file, options))
}

async function record(context: CliContext, file: string, { last, title }: RecordOptions): Promise<void> {
  const { out } = context
  const journal = await context.control().getJournal({})
  const window = windowOf(wholeWindow(journal), last)
  const schedule = scheduleOf(journal, window)
  if (journal.seed === null) out.note(`the control plane does not know the seed; ${DEFAULT_SEED} is written`)
  if (journal.fullAtMs !== null) out.note('the journal was full: the recording ends where it could not take more')
  const outcome = await measureOutcome(createPrometheus(context.run().urls.prometheus), schedule, window.fromMs)
  const recording = { ...(title === undefined ? {} : { title }), ...schedule, outcome }
  if (file === '-') return out.print(formatSchedule(recording).trimEnd())
  writeRecording(file, recording)
  const { events, durationS, load } = schedule
  out.print(`${file}: ${durationS.toFixed(0)} s, ${events.length} events, load ${load} requests/s at its beginning`)
}

function windowOf({ fromMs, toMs }: Window, lastS: number | undefined): Window {
  return { fromMs: lastS === undefined ? fromMs : Math.max(fromMs, toMs - lastS * 1_000), toMs }
}

function scheduleOf(journal: Parameters<typeof toSchedule>[0], window: Window): Schedule {
  try {
    return toSchedule(journal, window)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CliError(`${why}; record a part of it, for instance --last ${MAX_DURATION_S / 120}m`, { cause })
  }
}

/** Throws `CliError` when it cannot be written. Only its owner may read it: secret faults stand in it. */
export function writeRecording(file: string, recording: Schedule): void {
  try {
    writeFileSync(file, formatSchedule(recording), { mode: 0o600 })
  } catch (cause) {
    throw new CliError(`cannot write ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

function titleOf(text: string): string {
  if (text.length > 200) throw new InvalidArgumentError('It must have 200 characters at most.')
  return text
}
