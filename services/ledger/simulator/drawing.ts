// A schedule as a sequence diagram in text: a column a server, a line a happening, in the order in which they came.
import type { Message, NodeId } from '../raft/messages.ts'
import type { Happening } from './world.ts'

const COLUMN = 26
const TIME = 7

export type DrawingOptions = {
  /** How many lines are kept, the latest. */
  last: number
  /** Empty AppendEntries and the answers to them, too. */
  heartbeats: boolean
}

export class Drawing {
  readonly #options: DrawingOptions
  readonly #servers: NodeId[] = []
  readonly #happenings: Happening[] = []
  /** What each server last acknowledged. */
  readonly #acknowledged = new Map<NodeId, string>()
  #left = 0

  constructor(options: DrawingOptions) {
    this.#options = options
  }

  add(happening: Happening): void {
    if (happening.kind === 'event' && !this.#servers.includes(happening.server)) this.#servers.push(happening.server)
    if (happening.kind === 'message' && !this.#options.heartbeats && this.#isHeartbeat(happening.message)) return
    this.#happenings.push(happening)
    // Not at each one: that would copy them all each time.
    if (this.#happenings.length > 2 * this.#options.last + 100) this.#dropOld()
  }

  text(): string {
    this.#dropOld()
    const servers = this.#servers.toSorted()
    const head = ' '.repeat(TIME + 1) + servers.map((id) => center(id, COLUMN, ' ')).join('')
    const lines = this.#happenings.map((happening) => this.#line(happening, servers).trimEnd())
    const left = this.#left > 0 ? [`${' '.repeat(TIME + 1)}(${this.#left} earlier lines are not shown)`] : []
    return [...left, head, ...lines].join('\n')
  }

  /** Says nothing new; that some were lost does not matter here. */
  #isHeartbeat(message: Message): boolean {
    if (message.kind === 'AppendEntries') return message.entries.length === 0
    if (message.kind !== 'AppendEntriesResponse' || !message.result.success) return message.kind.startsWith('ReadIndex')
    const news = `${message.term}/${message.result.matchIndex}`
    const isOld = this.#acknowledged.get(message.from) === news
    this.#acknowledged.set(message.from, news)
    return isOld
  }

  #dropOld(): void {
    const surplus = this.#happenings.length - this.#options.last
    if (surplus <= 0) return
    this.#happenings.splice(0, surplus)
    this.#left += surplus
  }

  #line(happening: Happening, servers: NodeId[]): string {
    const time = `${String(Math.round(happening.at)).padStart(TIME)} `
    switch (happening.kind) {
      case 'note':
        return `${time}${center(` ${happening.text} `, servers.length * COLUMN, '·')}`
      case 'event':
        return time + servers.map((id) => (id === happening.server ? cell(happening.text) : lifeline())).join('')
      case 'message':
        return time + arrow(happening, servers)
    }
  }
}

/** From sender to receiver, at the time of its arrival; a lost one ends in ✗ before it gets there. */
function arrow(happening: Extract<Happening, { kind: 'message' }>, servers: NodeId[]): string {
  const { message, isLost } = happening
  const [from, to] = [servers.indexOf(message.from), servers.indexOf(message.to)]
  const canvas = [...servers.map(lifeline).join('')]
  const middle = (column: number) => column * COLUMN + COLUMN / 2
  const [left, right] = [Math.min(middle(from), middle(to)) + 1, Math.max(middle(from), middle(to)) - 1]
  const isRightward = to > from
  const label = ` ${describe(message)} `.slice(0, right - left - 3)
  const end = isLost ? '✗' : isRightward ? '▶' : '◀'
  const line = [...center(label, right - left, '─')]
  const drawn = isRightward ? [...line, end] : [end, ...line]
  canvas.splice(left, drawn.length, ...drawn)
  return canvas.join('')
}

function describe(message: Message): string {
  const { kind, term } = message
  switch (message.kind) {
    case 'PreVote':
    case 'RequestVote':
      return `${kind} t${term} log ${message.lastLogIndex}/t${message.lastLogTerm}`
    case 'PreVoteResponse':
    case 'RequestVoteResponse':
      return `${kind.replace('Response', '')} t${term} ${message.voteGranted ? 'granted' : 'refused'}`
    case 'AppendEntries': {
      const [first, last] = [message.entries[0], message.entries.at(-1)]
      const what = first && last ? `${first.index}…${last.index}/t${last.term}` : 'nothing'
      return `Append t${term} ${what} after ${message.prevLogIndex}/t${message.prevLogTerm}`
    }
    case 'AppendEntriesResponse': {
      const { result } = message
      return `Append t${term} ${result.success ? `stored ≤${result.matchIndex}` : `refused after ${result.prevLogIndex}`}`
    }
    case 'InstallSnapshot':
      return `Snapshot t${term} ≤${message.snapshot.lastIncludedIndex}`
    case 'InstallSnapshotResponse':
      return `Snapshot t${term} has ≤${message.lastIncludedIndex}`
    case 'ReadIndexResponse':
      return `ReadIndex t${term} ${message.readIndex ?? 'refused'}`
    case 'TimeoutNow':
    case 'ReadIndex':
      return `${kind} t${term}`
  }
}

function lifeline(): string {
  return center('│', COLUMN, ' ')
}

function cell(text: string): string {
  return `${center(`● ${text}`.slice(0, COLUMN - 1), COLUMN - 1, ' ')} `
}

function center(text: string, width: number, fill: string): string {
  const left = Math.max(0, Math.floor((width - text.length) / 2))
  return fill.repeat(left) + text + fill.repeat(Math.max(0, width - text.length - left))
}
