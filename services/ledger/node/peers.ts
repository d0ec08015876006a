// What ledger nodes say to each other, over HTTP: messages go in requests, and those that come of them at once go in the answers.
// A message that replicates a charge somebody waits for is traced, as a call of its own to each follower; all others are not.
// Nothing is repeated here: Raft does that itself.
import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { z } from 'zod'
import type { Caller } from '../../kit/calls/caller.ts'
import { withoutScope } from '../../kit/http/deadline.ts'
import { type Message, messageSchema } from '../raft/messages.ts'
import type { BlockSpans } from './block-spans.ts'
import { instanceOf } from './identity.ts'

export const APPEND_PATH = '/raft/append'
export const MESSAGES_PATH = '/raft/messages'

/** A message that is not understood, from a newer version say, is as good as lost. */
const envelopeSchema = z.object({ messages: z.array(z.unknown()).max(1_000) })

export type PeersDeps = {
  caller: Caller
  spans: Pick<BlockSpans, 'contextOf'>
  /** Gives messages to the core; resolves when what follows from them is synced and sent. */
  deliver(messages: readonly Message[]): Promise<void>
}

/** Collects what is to be said to a node that waits for the answer to its request. */
type Waiting = { instance: string; messages: Message[] }

export class Peers {
  readonly #deps: PeersDeps
  readonly #waiting: Waiting[] = []

  constructor(deps: PeersDeps) {
    this.#deps = deps
  }

  /** Sends messages, in answers where a request of their receiver is waiting for one. Never throws: what is not delivered is lost. */
  send(messages: readonly Message[]): void {
    const calls = new Map<string, { instance: string; within: Context | undefined; messages: Message[] }>()
    for (const message of messages) {
      const instance = instanceOf(message.to)
      const within = this.#contextFor(message)
      const waiting = this.#waiting.find((candidate) => candidate.instance === instance)
      if (waiting && !within) {
        waiting.messages.push(message)
        continue
      }
      const key = `${instance} ${within ? 'traced' : ''}`
      const call = calls.get(key)
      if (call) call.messages.push(message)
      else calls.set(key, { instance, within, messages: [message] })
    }
    for (const call of calls.values()) void this.#post(call.instance, call.within, call.messages)
  }

  /** Takes in a request of another node; resolves to the answer's body. */
  async receive(body: unknown): Promise<{ messages: Message[] }> {
    const messages = parseMessages(body)
    const [first] = messages
    if (!first) return { messages: [] }
    const waiting: Waiting = { instance: instanceOf(first.from), messages: [] }
    this.#waiting.push(waiting)
    try {
      await this.#deps.deliver(messages)
    } finally {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
    }
    return { messages: waiting.messages }
  }

  #contextFor(message: Message): Context | undefined {
    if (message.kind !== 'AppendEntries') return undefined
    for (const { index } of message.entries) {
      const within = this.#deps.spans.contextOf(index)
      if (within) return within
    }
    return undefined
  }

  async #post(instance: string, within: Context | undefined, messages: readonly Message[]): Promise<void> {
    const path = within ? APPEND_PATH : MESSAGES_PATH
    const call = () =>
      this.#deps.caller.call({
        method: 'POST',
        path,
        route: path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ messages }),
        idempotent: false,
        instance,
      })
    try {
      // It is this node's own work, whoever's request brought it about: no deadline of theirs ends it.
      const answer = await withoutScope(() => context.with(within ?? suppressTracing(ROOT_CONTEXT), call))
      if (answer.status !== 200) return
      const replies = parseMessages(JSON.parse(answer.body.toString('utf8')))
      if (replies.length > 0) await this.#deps.deliver(replies)
    } catch {
      // Lost, as messages may be; the attempt's span and its metric tell of it.
    }
  }
}

function parseMessages(body: unknown): Message[] {
  const envelope = envelopeSchema.safeParse(body)
  if (!envelope.success) return []
  return envelope.data.messages.flatMap((message) => messageSchema.safeParse(message).data ?? [])
}
