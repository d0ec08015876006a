// Two recordings beside each other: intervals that are aligned in time, events between them, and what all of it came to. Pure.
import type { Figures, Outcome, Schedule, ScheduleEvent } from '../../faults/schedules/schedule.ts'
import { describeEvent } from './describe-event.ts'

export type ComparedEvent = {
  /** In the first recording that has it. */
  atS: number
  text: string
  /** In the other one, where it is there and different. */
  otherText?: string
  in: 'both' | 'recorded' | 'run'
}

export type ComparedInterval = { fromS: number; untilS: number; recorded: Figures | null; run: Figures | null }

export type ComparedTotal = {
  what: string
  unit: '' | 'ms' | '/s' | '%'
  recorded: number | null
  run: number | null
  difference: number | null
  /** Which way is good; 0 for neither. */
  better: 1 | -1 | 0
}

export type Comparison = {
  rows: (({ kind: 'event' } & ComparedEvent) | ({ kind: 'interval' } & ComparedInterval))[]
  totals: ComparedTotal[]
  /** First moment of each alert, and of each fault's signature. */
  alerts: { name: string; recordedS: number | null; runS: number | null }[]
  signatures: { fault: string; recordedS: number | null; runS: number | null }[]
}

/** `recorded` may lack an outcome; then its side is empty. */
export function compare(recorded: Schedule, run: Schedule): Comparison {
  const ours = run.outcome
  const theirs = recorded.outcome
  return {
    rows: rowsOf(recorded, run),
    totals: ours || theirs ? totalsOf(theirs, recorded.durationS, ours, run.durationS) : [],
    alerts: firstOf(theirs?.alerts ?? [], ours?.alerts ?? [], ({ name }) => name).map(({ key, ...at }) => ({
      name: key,
      ...at,
    })),
    signatures: firstOf(theirs?.signatures ?? [], ours?.signatures ?? [], ({ fault }) => fault).map(
      ({ key, ...at }) => ({ fault: key, ...at }),
    ),
  }
}

function rowsOf(recorded: Schedule, run: Schedule): Comparison['rows'] {
  const intervals = intervalsOf(recorded, run).map((interval) => ({ kind: 'interval' as const, ...interval }))
  const events = eventsOf(recorded, run).map((event) => ({ kind: 'event' as const, ...event }))
  const timeOf = (row: Comparison['rows'][number]) => (row.kind === 'event' ? row.atS : row.fromS)
  // What happens within an interval stands below its line; what begins with it, above.
  const rows: Comparison['rows'] = [...intervals, ...events]
  return rows.sort((one, other) => timeOf(one) - timeOf(other) || (one.kind === 'event' ? -1 : 1))
}

/** Of different lengths, intervals are not comparable: then each run's stand for themselves. */
function intervalsOf(recorded: Schedule, run: Schedule): ComparedInterval[] {
  const ours = run.outcome
  const theirs = recorded.outcome?.intervalS === ours?.intervalS || !ours ? recorded.outcome : undefined
  const intervalS = (ours ?? theirs)?.intervalS ?? 0
  const count = Math.max(ours?.intervals.length ?? 0, theirs?.intervals.length ?? 0)
  const endS = Math.max(run.durationS, theirs ? recorded.durationS : 0)
  return Array.from({ length: count }, (_, index) => ({
    fromS: index * intervalS,
    untilS: Math.min(endS, (index + 1) * intervalS),
    recorded: theirs?.intervals[index] ?? null,
    run: ours?.intervals[index] ?? null,
  }))
}

/** An event of one is the same as the next of its kind in the other. */
function eventsOf(recorded: Schedule, run: Schedule): ComparedEvent[] {
  const theirs = withInitialLoad(recorded)
  const ours = withInitialLoad(run)
  const names = { recorded: injectionNames(theirs), run: injectionNames(ours) }
  const rest = [...ours]
  const compared = theirs.map((event): ComparedEvent => {
    const key = keyOf(event, names.recorded)
    const index = rest.findIndex((other) => keyOf(other, names.run) === key)
    const text = describeEvent(event)
    const [found] = index < 0 ? [] : rest.splice(index, 1)
    if (!found) return { atS: event.atS, text, in: 'recorded' }
    // What each cluster calls it is no difference.
    const otherText = describeEvent('id' in event && 'id' in found ? { ...found, id: event.id } : found)
    return { atS: event.atS, text, in: 'both', ...(otherText === text ? {} : { otherText }) }
  })
  const added = rest.map((event): ComparedEvent => ({ atS: event.atS, text: describeEvent(event), in: 'run' }))
  return [...compared, ...added].sort((one, other) => one.atS - other.atS)
}

function withInitialLoad({ load, events }: Schedule): ScheduleEvent[] {
  return [{ atS: 0, do: 'load', requestsPerSecond: load }, ...events]
}

/** Two clusters number their injections differently: the second `latency` of one is that of the other. */
function injectionNames(events: readonly ScheduleEvent[]): Map<string, string> {
  const counts = new Map<string, number>()
  return new Map(
    events.flatMap((event) => {
      if (event.do !== 'inject') return []
      const what = [event.fault, event.target, event.from, event.to].join(' ')
      const count = (counts.get(what) ?? 0) + 1
      counts.set(what, count)
      return [[event.id, `${what} ${count}`] as const]
    }),
  )
}

function keyOf(event: ScheduleEvent, names: ReadonlyMap<string, string>): string {
  switch (event.do) {
    case 'load':
      return 'load'
    case 'inject':
    case 'change':
    case 'clear':
    case 'end':
      return `${event.do} ${names.get(event.id)}`
    case 'set':
      return `set ${event.name} ${event.caller} ${event.callee} ${event.kind}`
    case 'reset':
      return `reset ${event.name} ${event.caller} ${event.callee} ${event.kind}`
    case 'scale':
      return `scale ${event.kind}`
    case 'kill':
    case 'restart':
      return `${event.do} ${event.node}`
  }
}

function totalsOf(
  recorded: Outcome | undefined,
  recordedS: number,
  run: Outcome | undefined,
  runS: number,
): ComparedTotal[] {
  const row = (
    what: string,
    unit: ComparedTotal['unit'],
    better: ComparedTotal['better'],
    of: (totals: Figures, durationS: number) => number | null,
  ): ComparedTotal => {
    const one = recorded ? of(recorded.totals, recordedS) : null
    const other = run ? of(run.totals, runS) : null
    return {
      what,
      unit,
      better,
      recorded: one,
      run: other,
      difference: one === null || other === null ? null : other - one,
    }
  }
  const ended = ({ good, failed }: Figures) => good + failed
  return [
    row('offered', '', 0, ({ offered }) => offered),
    row('good', '', 1, ({ good }) => good),
    row('failed', '', -1, ({ failed }) => failed),
    row('dropped', '', -1, ({ dropped }) => dropped),
    row('goodput', '/s', 1, ({ good }, durationS) => good / durationS),
    row('errors', '%', -1, (totals) => (ended(totals) === 0 ? null : (100 * totals.failed) / ended(totals))),
    row('p50', 'ms', -1, ({ p50Ms }) => p50Ms),
    row('p95', 'ms', -1, ({ p95Ms }) => p95Ms),
  ]
}

/** The first moment of each key in either list, in the order of their appearance. */
function firstOf<T extends { fromS: number | null }>(
  recorded: readonly T[],
  run: readonly T[],
  keyOf: (item: T) => string,
): { key: string; recordedS: number | null; runS: number | null }[] {
  const first = (items: readonly T[], key: string) => items.find((item) => keyOf(item) === key)?.fromS ?? null
  const keys = [...new Set([...recorded, ...run].map(keyOf))]
  return keys.map((key) => ({ key, recordedS: first(recorded, key), runS: first(run, key) }))
}
