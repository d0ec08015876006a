// A journal becomes a schedule: absolute times become seconds since a beginning, and what was in force at the beginning is set there. Pure.
import {
  MAX_DURATION_S,
  SCHEDULE_FORMAT,
  SCHEDULE_VERSION,
  type Schedule,
  ScheduleEvent,
} from '../../faults/schedules/schedule.ts'
import type { JournalAnswer } from '../control-plane/journal.ts'

export type Window = {
  /** Milliseconds since 1970. */
  fromMs: number
  toMs: number
}

/** In containers the control plane does not know the seed; it is their default then. */
export const DEFAULT_SEED = 1

/** A load that is set so soon was meant for the beginning. */
const BEGINNING_S = 0.5

/** From the first change until now, or until changes are missing. */
export function wholeWindow({ entries, startedAtMs, nowMs, fullAtMs }: JournalAnswer): Window {
  return { fromMs: entries[0]?.atMs ?? startedAtMs, toMs: fullAtMs ?? nowMs }
}

/** What the journal says of the window, without an outcome. Throws an `Error` when it is longer than a schedule may be. */
export function toSchedule(journal: JournalAnswer, { fromMs, toMs }: Window): Schedule {
  const durationS = roundS(toMs - fromMs)
  if (durationS > MAX_DURATION_S) {
    throw new Error(`${Math.round(durationS / 60)} minutes are more than a schedule may have, ${MAX_DURATION_S / 60}`)
  }
  const events = journal.entries
    .filter(({ atMs }) => atMs <= toMs)
    .map(({ atMs, change }) => ScheduleEvent.parse({ ...change, atS: Math.max(0, roundS(atMs - fromMs)) }))
  const before = journal.entries.filter(({ atMs }) => atMs < fromMs).length
  const initial = inForceAt(
    journal.entries.slice(0, before).map(({ atMs }) => roundS(atMs - fromMs)),
    events.slice(0, before),
  )
  const [first, ...others] = [...initial, ...events.slice(before)]
  const beginsWithLoad = first?.do === 'load' && first.atS <= BEGINNING_S
  return {
    format: SCHEDULE_FORMAT,
    version: SCHEDULE_VERSION,
    size: journal.size,
    seed: journal.seed ?? DEFAULT_SEED,
    load: beginsWithLoad ? first.requestsPerSecond : 0,
    durationS: Math.max(1, durationS),
    events: beginsWithLoad || !first ? others : [first, ...others],
  }
}

/**
 * What to do at 0 so that everything is as these earlier events had left it: the last load first.
 * @param timesS of the events, all of them below 0; theirs in `events` are 0 already
 */
function inForceAt(timesS: readonly number[], events: readonly ScheduleEvent[]): ScheduleEvent[] {
  const load = events.findLast((event) => event.do === 'load')
  const scales = new Map(events.flatMap((event) => (event.do === 'scale' ? [[event.kind, event] as const] : [])))
  const policies = events.filter((event) => event.do === 'set' || event.do === 'reset')
  const fresh = policies.findLastIndex((event) => event.do === 'reset' && Object.keys(event).length === 2)
  return [...(load ? [load] : []), ...scales.values(), ...policies.slice(fresh + 1), ...stillActive(timesS, events)]
}

/** Injections that have not ended, as they were changed last, for as long as they had to go. */
function stillActive(timesS: readonly number[], events: readonly ScheduleEvent[]): ScheduleEvent[] {
  type Active = { event: Extract<ScheduleEvent, { do: 'inject' }>; endsS: number }
  const active = new Map<string, Active>()
  events.forEach((event, index) => {
    const atS = timesS[index] ?? 0
    if (event.do === 'inject') active.set(event.id, { event, endsS: atS + event.forS })
    if (event.do === 'clear' || event.do === 'end') active.delete(event.id)
    const known = event.do === 'change' ? active.get(event.id) : undefined
    if (event.do !== 'change' || !known) return
    const parameters = { ...known.event.parameters, ...event.parameters }
    const endsS = event.forS === undefined ? known.endsS : atS + event.forS
    active.set(event.id, { event: { ...known.event, parameters }, endsS })
  })
  return [...active.values()].flatMap(({ event, endsS }) =>
    endsS < 0.1 ? [] : [{ ...event, forS: Math.round(endsS * 1_000) / 1_000 }],
  )
}

function roundS(ms: number): number {
  return Math.round(ms) / 1_000
}
