// What is to be different when a schedule is played again. Pure: a schedule goes in, another comes out.
import { findFault } from '../../faults/catalogue.ts'
import type { InjectEvent, Schedule, ScheduleEvent } from '../../faults/schedules/schedule.ts'

type Value = number | boolean | string

export type Overrides = {
  /** Policies that hold all the time, whatever the schedule or a fault sets there. */
  set?: readonly { name: string; value: Value; caller?: string; callee?: string; kind?: string }[]
  /** Faults, or single injections, that are left out. */
  without?: readonly string[]
  /** Requests a second, all the time: changes of the load are left out. */
  load?: number
  /** Of catalogue, customers and load; faults keep their own seeds. */
  seed?: number
  /** Parameters of a fault, or of one injection; `forS` is how long it lasts. */
  fault?: readonly { id: string; parameter: string; value: string }[]
}

/** Throws an `Error` that names what the schedule does not have. */
export function override(schedule: Schedule, overrides: Overrides): Schedule {
  const { set = [], without = [], fault = [], load, seed } = overrides
  const { outcome: _, ...plan } = schedule
  // Ends by themselves are an outcome.
  let events: ScheduleEvent[] = plan.events.filter((event) => event.do !== 'end')
  for (const name of without) events = leaveOut(events, name)
  for (const change of fault) events = withParameter(events, change)
  if (load !== undefined) events = events.filter((event) => event.do !== 'load')
  return {
    ...plan,
    ...(load === undefined ? {} : { load }),
    ...(seed === undefined ? {} : { seed }),
    events: set.length === 0 ? events : holding(events, set),
  }
}

function leaveOut(events: readonly ScheduleEvent[], name: string): ScheduleEvent[] {
  const gone = injectionsOf(events, name).map(({ id }) => id)
  return events.filter((event) => !('id' in event) || !gone.includes(event.id))
}

function withParameter(
  events: readonly ScheduleEvent[],
  { id: name, parameter, value }: { id: string; parameter: string; value: string },
): ScheduleEvent[] {
  const ids = injectionsOf(events, name).map(({ id }) => id)
  return events.map((event) => {
    if ((event.do !== 'inject' && event.do !== 'change') || !ids.includes(event.id)) return event
    if (event.do === 'inject' && parameter === 'forS') return { ...event, forS: asSeconds(value) }
    if (event.do === 'inject') return { ...event, parameters: { ...event.parameters, [parameter]: value } }
    const { forS, parameters = {}, ...rest } = event
    const { [parameter]: _, ...others } = parameters
    const lasting = forS === undefined || parameter === 'forS' ? {} : { forS }
    return { ...rest, ...lasting, parameters: others }
  })
}

function asSeconds(text: string): number {
  const seconds = Number(text)
  if (text.trim() === '' || !(seconds >= 0.1 && seconds <= 3_600)) {
    throw new Error(`forS must be a number of seconds from 0.1 to 3600; it was ${JSON.stringify(text)}`)
  }
  return seconds
}

function injectionsOf(events: readonly ScheduleEvent[], name: string): InjectEvent[] {
  const all = events.filter((event) => event.do === 'inject')
  const found = all.filter(({ id, fault }) => id === name || fault === name)
  if (found.length > 0) return found
  const known = all.map(({ id }) => id)
  throw new Error(
    `the schedule injects no ${name}; ${known.length === 0 ? 'it injects nothing' : `it injects ${known.join(', ')}`}`,
  )
}

/** Sets them at the beginning, and again at once after whatever may have changed them. */
function holding(events: readonly ScheduleEvent[], set: NonNullable<Overrides['set']>): ScheduleEvent[] {
  const at = (atS: number): ScheduleEvent[] => set.map((setting) => ({ atS, do: 'set', ...setting }))
  const names = set.map(({ name }) => name)
  const mayChange = (event: ScheduleEvent): boolean => {
    if (event.do === 'inject') return findFault(event.fault)?.acts.policies !== undefined
    if (event.do === 'set' || event.do === 'reset') return event.name === undefined || names.includes(event.name)
    return event.do === 'change'
  }
  return [...at(0), ...events.flatMap((event) => (mayChange(event) ? [event, ...at(event.atS)] : [event]))]
}

/** In words, for the head of a comparison; empty when nothing is different. */
export function describeOverrides({ set = [], without = [], load, seed, fault = [] }: Overrides): string[] {
  const where = ({ caller, callee, kind }: NonNullable<Overrides['set']>[number]) => {
    if (kind !== undefined) return ` of ${kind}`
    return caller === undefined && callee === undefined ? '' : ` of ${caller ?? 'all'} → ${callee ?? 'all'}`
  }
  return [
    ...set.map((setting) => `${setting.name}${where(setting)} is ${String(setting.value)}`),
    ...without.map((name) => `without ${name}`),
    ...(load === undefined ? [] : [`load ${load} requests/s`]),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
    ...fault.map(({ id, parameter, value }) => `${id} with ${parameter}=${value}`),
  ]
}
