// A client: one operation at a time, each asked until it is answered, at one server after another, under one request id.
import type { NodeId } from '../raft/messages.ts'
import type { Operation } from './history.ts'
import type { Answer } from './service.ts'
import type { SimulatedServer } from './simulated-server.ts'
import type { World } from './world.ts'

const PATIENCE = { min: 60, max: 250 }
const PAUSE = 10

export class Client {
  readonly #name: string
  readonly #world: World
  readonly #servers: Map<NodeId, SimulatedServer>
  readonly #history: Operation[]
  /** Of those that it asked, the one that answered or was named last. */
  #believedLeader: NodeId | undefined
  #count = 0
  #current: Operation | undefined
  isStopped = false

  constructor(name: string, world: World, servers: Map<NodeId, SimulatedServer>, history: Operation[]) {
    this.#name = name
    this.#world = world
    this.#servers = servers
    this.#history = history
    this.#thenNext()
  }

  get isIdle(): boolean {
    return this.#current === undefined
  }

  /** Once more, of what it does last. */
  readOnce(): void {
    this.#begin(true)
  }

  #thenNext(): void {
    const { queue, random, climate } = this.#world
    queue.after(random.exponential(climate.thinkTime), () => {
      if (!this.isStopped) this.#begin(random.chance(climate.readChance))
    })
  }

  #begin(isRead: boolean): void {
    const operation: Operation = {
      client: this.#name,
      name: `${isRead ? 'read' : 'append'} ${this.#name}.${++this.#count}`,
      invokedAt: this.#world.queue.now,
      answeredAt: Number.POSITIVE_INFINITY,
      result: null,
    }
    this.#history.push(operation)
    this.#current = operation
    this.#ask(operation, isRead)
  }

  #ask(operation: Operation, isRead: boolean): void {
    const { queue, network, random, climate } = this.#world
    // Reads are asked of anybody.
    const id = isRead && random.chance(0.5) ? undefined : this.#believedLeader
    const server = this.#servers.get(id ?? random.pick([...this.#servers.keys()]))
    let isOver = false
    const reply = (answer: Answer) => {
      if (random.chance(climate.lossChance)) return
      queue.after(network.delay(), () => {
        if (this.#current !== operation) return
        if (answer.kind !== 'no') this.#answered(operation, answer, server?.id)
        else if (!isOver) {
          isOver = true
          this.#believedLeader = answer.leader ?? undefined
          queue.after(PAUSE, () => this.#askAgain(operation, isRead))
        }
      })
    }
    queue.after(network.delay(), () => {
      if (random.chance(climate.lossChance)) return
      if (isRead) server?.read(reply)
      else server?.append(operation.name, reply)
    })
    queue.after(random.between(PATIENCE.min, PATIENCE.max), () => {
      if (isOver || this.#current !== operation) return
      isOver = true
      this.#believedLeader = undefined
      this.#askAgain(operation, isRead)
    })
  }

  #askAgain(operation: Operation, isRead: boolean): void {
    if (this.#current === operation) this.#ask(operation, isRead)
  }

  #answered(operation: Operation, result: Exclude<Answer, { kind: 'no' }>, server: NodeId | undefined): void {
    const { queue, record } = this.#world
    operation.answeredAt = queue.now
    operation.result = result
    const saw = result.kind === 'appended' ? `position ${result.position}` : `length ${result.view.length}`
    record?.({ at: queue.now, kind: 'note', text: `${operation.name} answered by ${server}: ${saw}` })
    this.#believedLeader = server
    this.#current = undefined
    this.#thenNext()
  }
}
