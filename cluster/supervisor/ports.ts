// Which port each part of a cluster gets: the standard one when it is free, the next free one otherwise, the same for a whole run.
// A chosen port is held until its owner is about to listen, so that clusters that start at the same time do not choose the same.
import { createServer, type Server } from 'node:net'
import { StartFailure } from './start-failure.ts'

export const standardPorts = {
  console: 7080,
  shop: 8080,
  control: 7070,
  otlp: 4318,
  jaeger: 16686,
  prometheus: 9090,
} as const
export type StandardPort = keyof typeof standardPorts

const HOST = '127.0.0.1'
const FIRST_NODE_PORT = 18_000
const FIRST_POSTGRES_PORT = 25_432
/** From here on systems give ports to outgoing connections. */
const PORT_LIMIT = 32_768
const MAX_TRIES = 500

/** A standard port that was taken, and what is used instead. */
export type ReplacedPort = { name: StandardPort; wanted: number; port: number }

export class Ports {
  readonly replaced: ReplacedPort[] = []
  readonly #auto: boolean
  readonly #chosen = new Map<string, number>()
  readonly #held = new Map<string, Server>()
  /** Where clusters beside each other begin to look, so that they rarely look at the same ports. */
  readonly #offset: number

  /** @param auto no standard ports at all: for clusters that run beside each other, as tests do */
  constructor(auto: boolean, random: () => number = Math.random) {
    this.#auto = auto
    this.#offset = auto ? Math.floor(random() * 6_000) : 0
  }

  /** Chooses, and holds, a standard port; always the same for the same one. */
  async standard(name: StandardPort): Promise<number> {
    const known = this.#chosen.get(name)
    if (known !== undefined) return known
    const wanted = standardPorts[name]
    const port = await this.#choose(name, this.#auto ? FIRST_NODE_PORT + this.#offset : wanted)
    if (!this.#auto && port !== wanted) this.replaced.push({ name, wanted, port })
    return port
  }

  /** Chooses, and holds, the port of a node; always the same for the same one. */
  node(id: string): Promise<number> {
    return this.#choose(id, FIRST_NODE_PORT + this.#offset)
  }

  /** Makes the next choice for a name a new one: somebody else took its port before its owner could listen. */
  forget(name: string): void {
    this.#chosen.delete(name)
    const index = this.replaced.findIndex((replaced) => replaced.name === name)
    if (index >= 0) this.replaced.splice(index, 1)
  }

  /** A server that finds its port taken goes on to the next one by itself. */
  postgres(id: string): Promise<number> {
    return this.#choose(id, FIRST_POSTGRES_PORT + this.#offset)
  }

  /** All choices, by name. */
  entries(): Record<string, number> {
    return Object.fromEntries(this.#chosen)
  }

  /** Lets go of ports whose owners listen next; of all when none is named. */
  async release(...names: string[]): Promise<void> {
    const released = names.length > 0 ? names : [...this.#held.keys()]
    await Promise.all(
      released.map((name) => {
        const server = this.#held.get(name)
        this.#held.delete(name)
        return server && new Promise((resolve) => server.close(resolve))
      }),
    )
  }

  async #choose(name: string, from: number): Promise<number> {
    const known = this.#chosen.get(name)
    if (known !== undefined) return known
    const taken = new Set(this.#chosen.values())
    for (let port = from; port < Math.min(from + MAX_TRIES, PORT_LIMIT); port++) {
      const server = taken.has(port) ? undefined : await hold(port)
      if (!server) continue
      this.#chosen.set(name, port)
      this.#held.set(name, server)
      return port
    }
    throw new StartFailure(`no port from ${from} on is free on ${HOST} for ${name}`)
  }
}

/** Whether a server could listen on the port of 127.0.0.1 now. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = await hold(port)
  if (!server) return false
  await new Promise((resolve) => server.close(resolve))
  return true
}

/** Listens on the port, for nobody; undefined when somebody else does. */
function hold(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((connection) => connection.destroy())
    server.once('error', () => resolve(undefined))
    server.listen({ port, host: HOST, exclusive: true }, () => resolve(server.unref()))
  })
}
