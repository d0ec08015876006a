// One schedule: a cluster, its clients and what goes wrong, all drawn from one seed. Then everything heals, and what was begun must be done.
import type { Message, NodeId } from '../raft/messages.ts'
import { Client } from './client.ts'
import { drawClimate } from './climate.ts'
import { EventQueue } from './event-queue.ts'
import { inject, leaderOf, type Stage } from './faults.ts'
import { checkLinearizable, type Operation } from './history.ts'
import { Invariants } from './invariants.ts'
import { Network } from './network.ts'
import { Random } from './random.ts'
import { SimulatedServer } from './simulated-server.ts'
import { type Property, Violation } from './violation.ts'
import type { Mutant, World } from './world.ts'

/** A cluster that does not get to where it should by then, with nothing going wrong, never will. */
const UNITS_TO_RECOVER = 20_000
const UNITS_BETWEEN_LOOKS = 50

export type Outcome = {
  seed: number
  failure: { property: Property; message: string; at: number } | null
  figures: { elections: number; committed: number; operations: number; units: number }
}

/** The same seed, and mutant, give the same outcome. `record` is told all that happens. */
export function runSchedule(seed: number, mutant: Mutant = {}, record?: World['record']): Outcome {
  const simulation = new Simulation(seed, mutant, record)
  let failure: Outcome['failure'] = null
  try {
    simulation.run()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const property = error instanceof Violation ? error.property : 'assertion'
    failure = { property, message: error.message, at: simulation.world.queue.now }
  }
  const { invariants, queue } = simulation.world
  const { elections, committed } = invariants
  const operations = simulation.history.filter((operation) => operation.result !== null).length
  return { seed, failure, figures: { elections, committed, operations, units: queue.now } }
}

class Simulation {
  readonly world: World
  readonly history: Operation[] = []
  readonly #servers = new Map<NodeId, SimulatedServer>()
  readonly #clients: Client[] = []

  constructor(seed: number, mutant: Mutant, record: World['record']) {
    const random = new Random(seed)
    const deliver = (message: Message) => this.#servers.get(message.to)?.deliver(message)
    this.world = {
      random,
      queue: new EventQueue(),
      climate: drawClimate(random),
      network: new Network(() => this.world, deliver),
      invariants: new Invariants(),
      record,
      mutant,
    }
    const { climate } = this.world
    for (const id of climate.servers) this.#addServer(id, climate.servers)
    for (let i = 1; i <= climate.clients; i++) {
      this.#clients.push(new Client(`c${i}`, this.world, this.#servers, this.history))
    }
  }

  run(): void {
    const { queue, climate } = this.world
    this.#planFault()
    queue.runUntil(climate.duration)
    this.#heal()
    this.#recover('a request is not answered', () => this.#clients.every((client) => client.isIdle))
    this.#recover('not all servers have applied what one has', () => this.#isConverged())
    this.#clients[0]?.readOnce()
    this.#recover('the last read is not answered', () => this.#clients.every((client) => client.isIdle))
    checkLinearizable(this.history)
  }

  #addServer(id: NodeId, voters: NodeId[]): void {
    const { random } = this.world
    const server = new SimulatedServer(id, { voters, learners: [] }, this.world, (by, from, snapshot) => {
      const { network, climate } = this.world
      const isLost = network.isCut(from, by) || network.isCut(by, from) || random.chance(climate.lossChance)
      return isLost ? undefined : this.#servers.get(from)?.snapshotContent(snapshot)
    })
    server.onRole = (role) => {
      // As soon as it leads, or a moment later: what it has begun is half done.
      const { climate, queue } = this.world
      if (!climate.faults.includes('crash-leader') || !random.chance(climate.harried.chance)) return
      const delay = random.between(0, climate.harried.within)
      if (role === 'leader') queue.after(delay, () => this.#fault('crash-leader'))
      else if (role === 'candidate') queue.after(delay, () => this.#fault('crash'))
    }
    this.#servers.set(id, server)
    server.start()
  }

  #planFault(): void {
    const { queue, random, climate } = this.world
    if (climate.faults.length === 0) return
    queue.after(random.exponential(climate.faultGap), () => {
      this.#fault(random.pick(climate.faults))
      this.#planFault()
    })
  }

  #fault(kind: Parameters<typeof inject>[0]): void {
    const { queue, climate } = this.world
    if (queue.now > climate.duration) return
    const join = (id: NodeId) => {
      if (!this.#servers.has(id)) this.#addServer(id, [])
    }
    const stage: Stage = { world: this.world, servers: this.#servers, join }
    inject(kind, stage)
  }

  #heal(): void {
    const { climate, network, record, queue } = this.world
    record?.({ at: queue.now, kind: 'note', text: 'everything heals' })
    climate.lossChance = 0
    climate.duplicateChance = 0
    climate.delay = { min: 1, max: 5, lateChance: 0, lateBy: 0 }
    climate.syncDelay = { min: 0, max: 2 }
    network.mendAll()
    for (const client of this.#clients) client.isStopped = true
    for (const server of this.#servers.values()) {
      server.syncSlowdown = 0
      server.isClockStopped = false
      if (!server.isUp) server.start()
    }
  }

  #recover(complaint: string, isDone: () => boolean): void {
    const { queue } = this.world
    const end = queue.now + UNITS_TO_RECOVER
    while (!isDone() && queue.now < end) queue.runUntil(queue.now + UNITS_BETWEEN_LOOKS)
    if (!isDone()) throw new Violation('progress', `${complaint}, ${UNITS_TO_RECOVER} units after everything healed`)
  }

  #isConverged(): boolean {
    const status = leaderOf({ servers: this.#servers })?.status()
    if (!status || status.commitIndex < status.lastLogIndex) return false
    return [...status.membership.voters, ...status.membership.learners].every((id) => {
      return this.#servers.get(id)?.appliedIndex === status.lastLogIndex
    })
  }
}
