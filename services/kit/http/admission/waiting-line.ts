// The requests that wait for a server, and who of them is next. Pure: time comes as an argument, and nothing is started here.
import type { KindPolicy } from '../../policies/kind-policy.ts'

export type QueueDiscipline = KindPolicy['queueDiscipline']

export type Waiting = {
  readonly arrivedAtMs: number
  /** Undefined when its client has set none. */
  readonly deadlineAtMs: number | undefined
  /** Whether its client has gone. */
  isAbandoned: boolean
}

/** Why a request that waited is not served. */
export type DropReason = 'deadline' | 'abandoned' | 'queue_full'

export class WaitingLine<W extends Waiting> {
  /** The oldest first; what stands before `#head` has left. */
  #line: (W | undefined)[] = []
  #head = 0
  readonly #drop: (waiting: W, reason: DropReason) => void

  /** @param drop told of each that leaves without being served */
  constructor(drop: (waiting: W, reason: DropReason) => void) {
    this.#drop = drop
  }

  get length(): number {
    return this.#line.length - this.#head
  }

  /** Whether there is room for one more, made by dropping others where the discipline has it so. */
  makeRoom(limit: number, discipline: QueueDiscipline, nowMs: number): boolean {
    if (this.length < limit) return true
    if (discipline === 'deadline') this.#dropWorthless(nowMs)
    // The newest come first, so the oldest has the least hope.
    if (discipline === 'lifo' && limit > 0) {
      while (this.length >= limit) this.#dropOldest()
    }
    return this.length < limit
  }

  push(waiting: W): void {
    this.#line.push(waiting)
  }

  /** Takes out whoever is next; undefined when nobody waits any more. */
  next(discipline: QueueDiscipline, nowMs: number): W | undefined {
    while (this.length > 0) {
      const taken = discipline === 'lifo' ? this.#line.pop() : this.#shift()
      if (!taken) continue
      const worthless = discipline === 'deadline' ? worthlessAs(taken, nowMs) : undefined
      if (worthless === undefined) return taken
      this.#drop(taken, worthless)
    }
    return undefined
  }

  #shift(): W | undefined {
    const first = this.#line[this.#head]
    this.#line[this.#head] = undefined
    this.#head += 1
    // Moved up now and then, not each time: a line may be long.
    if (this.#head > 64 && this.#head * 2 > this.#line.length) {
      this.#line = this.#line.slice(this.#head)
      this.#head = 0
    }
    return first
  }

  #dropOldest(): void {
    const oldest = this.#shift()
    if (oldest) this.#drop(oldest, 'queue_full')
  }

  #dropWorthless(nowMs: number): void {
    const all = this.#line.slice(this.#head).filter((waiting) => waiting !== undefined)
    this.#head = 0
    this.#line = all.filter((waiting) => {
      const worthless = worthlessAs(waiting, nowMs)
      if (worthless !== undefined) this.#drop(waiting, worthless)
      return worthless === undefined
    })
  }
}

/** Why nobody would make use of an answer; undefined when somebody may. */
function worthlessAs({ isAbandoned, deadlineAtMs }: Waiting, nowMs: number): 'deadline' | 'abandoned' | undefined {
  if (isAbandoned) return 'abandoned'
  return deadlineAtMs !== undefined && deadlineAtMs <= nowMs ? 'deadline' : undefined
}
