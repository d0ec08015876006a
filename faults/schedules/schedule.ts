// A schedule: what was done to a cluster, and when. A recording is one that says what came of it, too. README.md here describes the file.
// It knows the shape and the catalogue of faults; whether places and policies exist, whoever plays it finds out first.
import { z } from 'zod'

export const SCHEDULE_FORMAT = 'faultline-schedule'
export const SCHEDULE_VERSION = 1
/** As long as the longest fault. */
export const MAX_DURATION_S = 3_600
export const MAX_EVENTS = 2_000

const word = z.string().min(1).max(64)
const Value = z.union([z.number(), z.boolean(), z.string().max(128)])
const Parameters = z.record(word, Value)
const atS = z
  .number({ error: 'must be a number of seconds since the beginning' })
  .min(0, 'must not be before the beginning')
  .max(MAX_DURATION_S, `must be at most ${MAX_DURATION_S} seconds after the beginning`)
const forS = z.number().min(0.1).max(MAX_DURATION_S)
const rate = z.number().min(0).max(2_000)
/** What a setting is for; what is left out means all. */
const place = { caller: word.optional(), callee: word.optional(), kind: word.optional() }

/** One change, `atS` seconds after the beginning. */
export const ScheduleEvent = z.discriminatedUnion('do', [
  z.strictObject({ atS, do: z.literal('load'), requestsPerSecond: rate }),
  z.strictObject({
    atS,
    do: z.literal('inject'),
    /** Names this injection for the events that follow it. */
    id: word,
    fault: word,
    target: word.optional(),
    from: word.optional(),
    to: word.optional(),
    parameters: Parameters.default({}),
    forS,
    /** Of its random decisions. Drawn from the schedule's own seed and the injection's id when omitted. */
    seed: z.int().min(0).max(0xffff_ffff).optional(),
    secret: z.boolean().optional(),
  }),
  z.strictObject({
    atS,
    do: z.literal('change'),
    id: word,
    parameters: Parameters.optional(),
    /** How long it goes on from then. */
    forS: forS.optional(),
  }),
  z.strictObject({ atS, do: z.literal('clear'), id: word }),
  /** It ended by itself: written by recordings; to play it would be to do nothing. */
  z.strictObject({ atS, do: z.literal('end'), id: word }),
  z.strictObject({ atS, do: z.literal('set'), name: word, value: Value, ...place }),
  /** Without a name, all policies of the place. */
  z.strictObject({ atS, do: z.literal('reset'), name: word.optional(), ...place }),
  z.strictObject({ atS, do: z.literal('scale'), kind: word, replicas: z.int().min(1).max(8) }),
  z.strictObject({ atS, do: z.literal('kill'), node: word }),
  z.strictObject({ atS, do: z.literal('restart'), node: word }),
])
export type ScheduleEvent = z.infer<typeof ScheduleEvent>

const count = z.int().min(0)
const ms = z.number().min(0).nullable()

/** What customers got within one stretch of time, or in all. */
export const Figures = z.strictObject({
  /** Arrivals. */
  offered: count,
  /** Right answers, refusals that had to be included. */
  good: count,
  /** No answer, an error, or a wrong answer. */
  failed: count,
  /** Arrivals that the load generator could not send. */
  dropped: count,
  /** Of good answers, in ms; null when there was none. */
  p50Ms: ms,
  p95Ms: ms,
})
export type Figures = z.infer<typeof Figures>

export const Outcome = z.strictObject({
  /** Length of each interval in seconds; the first begins at 0. */
  intervalS: z.number().min(1).max(600),
  intervals: z.array(Figures).max(MAX_DURATION_S),
  totals: Figures,
  /** From when until when each alert was firing; `untilS` is null when it still was at the end. */
  alerts: z.array(z.strictObject({ name: word, fromS: z.number().min(0), untilS: z.number().min(0).nullable() })),
  /** When the signature of a fault that was injected held for the first time; null when it never did. */
  signatures: z.array(z.strictObject({ fault: word, fromS: z.number().min(0).nullable() })),
})
export type Outcome = z.infer<typeof Outcome>

export const Schedule = z
  .strictObject({
    format: z.literal(SCHEDULE_FORMAT, { error: `must be "${SCHEDULE_FORMAT}"` }),
    version: z.literal(SCHEDULE_VERSION, { error: `must be ${SCHEDULE_VERSION}, the only version so far` }),
    /** What it shows, in a sentence. */
    title: z.string().max(200).optional(),
    size: z.enum(['small', 'full']),
    /** Of the catalogue, the customers and the load. */
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
    /** Requests a second at the beginning. */
    load: rate,
    durationS: z.number().min(1).max(MAX_DURATION_S),
    events: z.array(ScheduleEvent).max(MAX_EVENTS),
    outcome: Outcome.optional(),
  })
  .superRefine(({ events, durationS }, context) => {
    const ids = new Set<string>()
    events.forEach((event, index) => {
      const refuse = (field: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['events', index, field], message })
      const before = events[index - 1]
      if (before && before.atS > event.atS) refuse('atS', 'events must stand in the order of their times')
      if (event.atS > durationS) refuse('atS', `comes after the end, which is at ${durationS} s`)
      if (event.do === 'inject') {
        if (ids.has(event.id)) refuse('id', `${event.id} is injected twice`)
        ids.add(event.id)
      } else if ('id' in event && !ids.has(event.id)) refuse('id', `no injection before it is called ${event.id}`)
    })
  })
export type Schedule = z.infer<typeof Schedule>

export type InjectEvent = Extract<ScheduleEvent, { do: 'inject' }>

/** The parsed content of a schedule's file. Throws an `Error` that names `file`, and each field that is wrong with what it must be. */
export function parseSchedule(text: string, file: string): Schedule {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${file} is no JSON: ${why}`, { cause })
  }
  const result = Schedule.safeParse(json)
  if (result.success) return result.data
  const lines = result.error.issues.slice(0, 10).map(({ path, message }) => `  ${fieldName(path)}: ${message}`)
  throw new Error(`${file} is no schedule that can be played:\n${lines.join('\n')}`)
}

/** `events[3].atS`. */
function fieldName(path: readonly PropertyKey[]): string {
  const name = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return name.replace(/^\./, '') || 'the file'
}

/** As it is written to a file: a line for each event and each interval, so that people can read and compare it. */
export function formatSchedule({ events, outcome, ...head }: Schedule): string {
  const rows = (items: readonly unknown[], indent: string) =>
    items.length === 0
      ? '[]'
      : `[\n${items.map((item) => `${indent}  ${JSON.stringify(item)}`).join(',\n')}\n${indent}]`
  const fields = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  fields.push(`  "events": ${rows(events, '  ')}`)
  if (outcome) {
    const { intervals, totals, alerts, signatures, intervalS } = outcome
    const parts = [
      `    "intervalS": ${intervalS}`,
      `    "totals": ${JSON.stringify(totals)}`,
      `    "intervals": ${rows(intervals, '    ')}`,
      `    "alerts": ${rows(alerts, '    ')}`,
      `    "signatures": ${rows(signatures, '    ')}`,
    ]
    fields.push(`  "outcome": {\n${parts.join(',\n')}\n  }`)
  }
  return `{\n${fields.join(',\n')}\n}\n`
}
