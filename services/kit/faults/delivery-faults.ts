// The injection points "queue": before a consumer asks for messages, and between the queue and its consumer.
import { createRandom, seedFor } from '../../../faults/random.ts'
import type { ActiveFault } from '../control/active-fault.ts'
import { Deciders } from './deciders.ts'

type Delivered = { id: string; data: unknown; redeliveries: number }

export class DeliveryFaults {
  readonly #fetches: Deciders<'fetch'>
  readonly #deliveries: Deciders<'delivery'>

  constructor(node: string) {
    this.#fetches = new Deciders('fetch', node)
    this.#deliveries = new Deciders('delivery', node)
  }

  apply(faults: readonly ActiveFault[]): void {
    const own = faults.filter(({ servers }) => servers === undefined)
    this.#fetches.set(own)
    this.#deliveries.set(own)
  }

  /** How many messages may be asked for, and when; undefined, nearly always, for as many as one likes, at once. */
  beforeFetch(queue: string, limit: number): { delayMs: number; limit: number } | undefined {
    if (this.#fetches.all.length === 0) return undefined
    const verdicts = this.#fetches.all.map(({ act, active, random }) =>
      act({ queue, limit }, active.parameters, random),
    )
    return {
      delayMs: verdicts.reduce((sum, { delayMs = 0 }) => sum + delayMs, 0),
      limit: Math.max(1, Math.min(limit, ...verdicts.map((verdict) => verdict.limit ?? limit))),
    }
  }

  /** The messages as their consumer gets them. */
  deliver<M extends Delivered>(queue: string, messages: M[]): M[] {
    if (this.#deliveries.all.length === 0) return messages
    return messages.flatMap((message) => {
      const verdicts = this.#deliveries.all.map(({ act, active }) =>
        // Of the injection's seed and the message alone, whichever consumer has it: what is poison stays poison.
        act({ queue, redeliveries: message.redeliveries }, active.parameters, drawsOf(active, message.id)),
      )
      const given = verdicts.some(({ garbled }) => garbled) ? { ...message, data: garble(message.data) } : message
      return verdicts.some(({ again }) => again) ? [given, given] : [given]
    })
  }
}

function drawsOf({ fault, commonSeed }: ActiveFault, messageId: string) {
  return createRandom(seedFor(commonSeed, fault, messageId))
}

/** As from a producer of another version: what was text is something else, so that no reader takes it for what it was. */
function garble(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return null
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, typeof value === 'string' ? { value } : value]),
  )
}
