// What a server does for clients: applies entries to its state machine, and answers whoever waits for one, or for a read.
import type { Entry, NodeId } from '../raft/messages.ts'
import { StateMachine, type View } from './state-machine.ts'

export type Answer =
  | { kind: 'appended'; position: number }
  | { kind: 'read'; view: View }
  | { kind: 'no'; leader: NodeId | null }

export type Reply = (answer: Answer) => void

export class Service {
  machine = new StateMachine()
  readonly #proposals = new Map<number, { term: number; reply: Reply }>()
  readonly #asked = new Map<string, Reply>()
  #reads: { index: number; reply: Reply }[] = []
  #contexts = 0

  /** The entry was appended at `index`. */
  awaitEntry(index: number, term: number, reply: Reply): void {
    this.#proposals.set(index, { term, reply })
  }

  /** Returns the context to ask with. */
  awaitRead(reply: Reply): string {
    const context = String(this.#contexts++)
    this.#asked.set(context, reply)
    return context
  }

  apply(entry: Entry): void {
    this.machine.appliedIndex = entry.index
    const position = entry.kind === 'data' ? this.machine.append(entry.data) : 0
    const proposal = this.#proposals.get(entry.index)
    if (!proposal) return
    this.#proposals.delete(entry.index)
    // Another entry than was proposed: that one is lost.
    proposal.reply(proposal.term === entry.term ? { kind: 'appended', position } : { kind: 'no', leader: null })
  }

  /** It may be answered once `index` is applied; null: not at all. */
  readConfirmed(context: string, index: number | null): void {
    const reply = this.#asked.get(context)
    if (!reply) return
    this.#asked.delete(context)
    if (index === null) reply({ kind: 'no', leader: null })
    else this.#reads.push({ index, reply })
  }

  answerReads(): void {
    if (this.#reads.length === 0) return
    this.#reads = this.#reads.filter(({ index, reply }) => {
      if (index > this.machine.appliedIndex) return true
      reply({ kind: 'read', view: this.machine.view() })
      return false
    })
  }

  /** The process ended: nobody is answered any more. */
  clear(): void {
    this.#proposals.clear()
    this.#asked.clear()
    this.#reads = []
  }
}
