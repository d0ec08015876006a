// Plays schedules one after the other in the foreground, and shows how it goes on: Ctrl-C stops the cluster in order, a second one at once.
import type { Schedule, ScheduleEvent } from '../../faults/schedules/schedule.ts'
import { describeEvent } from '../replay/describe-event.ts'
import { runSchedule } from '../replay/run.ts'
import { type CliContext, CliError } from './context.ts'
import { createProgressView, type ProgressView } from './progress.ts'

export type Plan = { name: string; plan: Schedule }

/** As shells have it for SIGINT. */
const INTERRUPTED = 130

/** The recordings of all of them. Throws `CliError` when it is interrupted; nothing is left running then. */
export async function playForPeople(
  context: CliContext,
  plans: readonly Plan[],
  { quiet, intervalS }: { quiet: boolean; intervalS?: number | undefined },
): Promise<Schedule[]> {
  const interrupt = new AbortController()
  const kill = new AbortController()
  const onSignal = () => (interrupt.signal.aborted ? kill : interrupt).abort()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  const view = viewOf(context, quiet)
  try {
    const recordings: Schedule[] = []
    for (const [index, { name, plan }] of plans.entries()) {
      if (plans.length > 1) view.show({ kind: 'notice', text: `run ${index + 1} of ${plans.length}: ${name}` })
      recordings.push(await playOne(context, plan, { view, interrupt, kill, intervalS }))
      view.end()
    }
    return recordings
  } catch (error) {
    view.end()
    if (interrupt.signal.aborted) throw new CliError('interrupted; the cluster is stopped', { exitCode: INTERRUPTED })
    throw error
  } finally {
    for (const signal of signals) process.off(signal, onSignal)
  }
}

type Surroundings = {
  view: ProgressView
  interrupt: AbortController
  kill: AbortController
  intervalS: number | undefined
}

function playOne(
  { root }: CliContext,
  plan: Schedule,
  { view, interrupt, kill, intervalS }: Surroundings,
): Promise<Schedule> {
  const show = (text: string, done = false) =>
    view.show({ kind: 'step', part: 'schedule', text, done, fleeting: !done })
  const onEvent = (event: ScheduleEvent, refusal?: string) => {
    const what = `${event.atS.toFixed(1).padStart(6)} s  ${describeEvent(event)}`
    view.show({ kind: 'notice', text: refusal === undefined ? what : `${what}: ${refusal}` })
  }
  return runSchedule(
    plan,
    {
      root,
      signal: interrupt.signal,
      killSignal: kill.signal,
      onProgress: (progress) => view.show(progress),
      onEvent,
      onSecond: (atS) =>
        show(`${Math.min(Math.round(atS), plan.durationS)} of ${plan.durationS} s`, atS >= plan.durationS),
    },
    intervalS,
  )
}

/** With JSON on stdout, people read stderr. */
function viewOf({ out }: CliContext, quiet: boolean): ProgressView {
  if (!quiet) return createProgressView(out, process.stdout)
  return createProgressView({ ...out, print: out.note, isTerminal: false }, process.stderr)
}
