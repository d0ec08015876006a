// A network that loses, delays, reorders and repeats, and in which any direction between two servers can be cut on its own.
import type { Message, NodeId } from '../raft/messages.ts'
import type { World } from './world.ts'

export class Network {
  /** How many cuts of a direction are in force. */
  readonly #cuts = new Map<string, number>()
  readonly #world: () => World
  readonly #deliver: (message: Message) => void

  constructor(world: () => World, deliver: (message: Message) => void) {
    this.#world = world
    this.#deliver = deliver
  }

  send(message: Message): void {
    const { random, climate } = this.#world()
    this.#transmit(message)
    if (random.chance(climate.duplicateChance)) this.#transmit(message)
  }

  isCut(from: NodeId, to: NodeId): boolean {
    return this.#cuts.has(`${from}>${to}`)
  }

  cut(directions: readonly [NodeId, NodeId][]): void {
    for (const [from, to] of directions) {
      const direction = `${from}>${to}`
      this.#cuts.set(direction, (this.#cuts.get(direction) ?? 0) + 1)
    }
  }

  mend(directions: readonly [NodeId, NodeId][]): void {
    for (const [from, to] of directions) {
      const direction = `${from}>${to}`
      const left = (this.#cuts.get(direction) ?? 0) - 1
      if (left > 0) this.#cuts.set(direction, left)
      else this.#cuts.delete(direction)
    }
  }

  mendAll(): void {
    this.#cuts.clear()
  }

  delay(): number {
    const { random, climate } = this.#world()
    const late = random.chance(climate.delay.lateChance) ? random.between(0, climate.delay.lateBy) : 0
    return random.between(climate.delay.min, climate.delay.max) + late
  }

  #transmit(message: Message): void {
    const { random, climate, queue, record } = this.#world()
    const sentAt = queue.now
    const isLost = this.isCut(message.from, message.to) || random.chance(climate.lossChance)
    queue.after(this.delay(), () => {
      const isLostNow = isLost || this.isCut(message.from, message.to)
      record?.({ at: queue.now, kind: 'message', message, sentAt, isLost: isLostNow })
      if (!isLostNow) this.#deliver(message)
    })
  }
}
