// Which port each part of a cluster gets: the standard one when it is free, the next free one otherwise, the same for a whole run.
import { createServer } from 'node:net'
import { findFreePort, MAX_PORT } from '../postgres/ports.ts'

export const standardPorts = {
  shop: 8080,
  control: 7070,
  otlp: 4318,
  jaeger: 16686,
  prometheus: 9090,
} as const
export type StandardPort = keyof typeof standardPorts

const FIRST_NODE_PORT = 18_000
const FIRST_POSTGRES_PORT = 25_432

/** A standard port that was taken, and what is used instead. */
export type ReplacedPort = { name: StandardPort; wanted: number; port: number }

export class Ports {
  readonly replaced: ReplacedPort[] = []
  readonly #auto: boolean
  readonly #taken = new Set<number>()
  readonly #chosen = new Map<string, number>()
  /** Where clusters beside each other begin to look, so that they rarely look at the same ports. */
  readonly #offset: number

  /** @param auto no standard ports at all: for clusters that run beside each other, as tests do */
  constructor(auto: boolean, random: () => number = Math.random) {
    this.#auto = auto
    this.#offset = auto ? Math.floor(random() * 6_000) : 0
  }

  async standard(name: StandardPort): Promise<number> {
    const wanted = standardPorts[name]
    const port = await this.#choose(name, this.#auto ? this.#first(FIRST_NODE_PORT) : wanted)
    if (!this.#auto && port !== wanted) this.replaced.push({ name, wanted, port })
    return port
  }

  /** The port of a node; always the same for the same one. */
  node(id: string): Promise<number> {
    return this.#choose(id, this.#first(FIRST_NODE_PORT))
  }

  /** Another port for a node whose own was taken by somebody else before the node could listen on it. */
  anotherFor(id: string): Promise<number> {
    this.#chosen.delete(id)
    return this.node(id)
  }

  postgres(id: string): Promise<number> {
    return this.#choose(id, this.#first(FIRST_POSTGRES_PORT))
  }

  /** All choices, by name. */
  entries(): Record<string, number> {
    return Object.fromEntries(this.#chosen)
  }

  #first(port: number): number {
    return Math.min(port + this.#offset, MAX_PORT - 500)
  }

  async #choose(name: string, from: number): Promise<number> {
    const known = this.#chosen.get(name)
    if (known !== undefined) return known
    const port = await findFreePort(from, this.#taken)
    this.#taken.add(port)
    this.#chosen.set(name, port)
    return port
  }
}

/** Whether a server could listen on the port of 127.0.0.1 now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)))
  })
}
