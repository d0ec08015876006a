// What somebody has done to the cluster, in full, so that it can be done again: load, faults, policies, replicas, killed nodes.
// Bounded: a journal that is full keeps its beginning, and says that it is full. What happened by itself is no part of it.
import { z } from 'zod'
import { MAX_EVENTS, type ScheduleEvent } from '../../faults/schedules/schedule.ts'
import { defineApi } from '../../services/kit/http/api.ts'
import { clusterSizes } from '../topology/nodes.ts'

/** Without its time, which the journal adds. */
export type Change = ScheduleEvent extends infer Event
  ? Event extends { atS: number }
    ? Omit<Event, 'atS'>
    : never
  : never

/** A change with its moment, in ms since 1970. */
export type Entry = { atMs: number; change: Change }

export class Journal {
  readonly #entries: Entry[] = []
  readonly #capacity: number
  readonly #now: () => number
  #fullAtMs: number | undefined

  constructor({ capacity = MAX_EVENTS, now = Date.now }: { capacity?: number; now?: () => number } = {}) {
    this.#capacity = capacity
    this.#now = now
  }

  /** @param atMs when it began; now when omitted */
  add(change: Change, atMs = this.#now()): void {
    if (this.#entries.length < this.#capacity) this.#entries.push({ atMs, change })
    else this.#fullAtMs ??= atMs
  }

  /** Oldest first. */
  entries(): Entry[] {
    return [...this.#entries].sort((one, other) => one.atMs - other.atMs)
  }

  /** When the first change was not taken any more; undefined while none was refused. */
  get fullAtMs(): number | undefined {
    return this.#fullAtMs
  }
}

const JournalAnswer = z.object({
  size: z.enum(clusterSizes),
  /** Of catalogue, customers and load; null where it is not known, as in containers. */
  seed: z.int().nullable(),
  /** Milliseconds since 1970, as all times here. */
  startedAtMs: z.number(),
  nowMs: z.number(),
  /** Since when changes are missing, for there were too many; null while none is. */
  fullAtMs: z.number().nullable(),
  entries: z.array(z.object({ atMs: z.number(), change: z.record(z.string(), z.unknown()) })),
})
export type JournalAnswer = z.infer<typeof JournalAnswer>

export const journalApi = defineApi({
  getJournal: {
    method: 'GET',
    path: '/v1/journal',
    summary:
      'All changes that somebody has made, in full, secret faults included; `faultline record` makes a schedule of it',
    response: JournalAnswer,
  },
})
