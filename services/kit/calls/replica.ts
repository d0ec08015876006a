// One replica of a callee as this node sees it: its connections, the requests on them, and whether it is ejected.
import { Client } from 'undici'
import type { Endpoint } from '../control/document.ts'
import { createConnector } from '../network/connector.ts'
import type { Link } from '../network/link.ts'
import type { Candidate } from './balancer.ts'
import { afterFailure, afterSuccess, healthy, isEjected, type OutlierPolicy, type OutlierState } from './outlier.ts'

/** The server announces its own, longer time, which wins; this is for one that announces none. */
const keepAliveMs = 30_000

/**
 * Keeps its own list of free connections instead of undici's Pool: a pool may queue a request and send it later from another
 * request's context, which would tear its trace, and it can't give up a connection that is still being made. The number of
 * connections is bounded by the bulkhead: one for each attempt at a time.
 */
export class Replica implements Candidate {
  readonly endpoint: Endpoint
  readonly #link: Link
  readonly #origin: string
  readonly #free: Client[] = []
  readonly #forgetLink: () => void
  #closing = false
  #whenClosed: (() => void) | undefined
  #outlier: OutlierState = healthy
  distance = 0
  inFlight = 0

  constructor(callee: string, endpoint: Endpoint, link: Link) {
    this.endpoint = endpoint
    this.#link = link
    this.#origin = `http://${callee}`
    this.#forgetLink = link.onRefresh(() => {
      for (const client of this.#free.splice(0)) void client.close()
    })
  }

  get ejected(): boolean {
    return isEjected(this.#outlier, performance.now())
  }

  get outlier(): OutlierState {
    return this.#outlier
  }

  /** Takes a free connection, or one yet to be made. It must be given back. */
  acquire(): Client {
    this.inFlight += 1
    return this.#free.pop() ?? this.#newClient()
  }

  /** Gives a connection back; one whose attempt failed is not used again. */
  release(client: Client, reusable: boolean): void {
    this.inFlight -= 1
    if (!reusable) void client.destroy()
    else if (this.#closing) void client.close()
    else this.#free.push(client)
    if (this.#closing && this.inFlight === 0) this.#whenClosed?.()
  }

  succeeded(policy: OutlierPolicy): void {
    this.#outlier = afterSuccess(this.#outlier, policy, performance.now())
  }

  /** Forgets its failures. */
  forgive(): void {
    this.#outlier = healthy
  }

  /** Returns true when this failure ejected the replica. */
  failed(policy: OutlierPolicy, mayEject: boolean): boolean {
    const before = this.#outlier
    this.#outlier = afterFailure(before, policy, performance.now(), mayEject)
    return this.#outlier.ejections > before.ejections
  }

  /** Closes free connections now and the others as their requests end; resolves when the last one has. */
  async close(): Promise<void> {
    this.#closing = true
    this.#forgetLink()
    const ended = new Promise<void>((resolve) => {
      this.#whenClosed = resolve
    })
    await Promise.all(this.#free.splice(0).map((client) => client.close()))
    if (this.inFlight > 0) await ended
  }

  #newClient(): Client {
    return new Client(this.#origin, {
      connect: createConnector(this.#link, this.endpoint),
      keepAliveTimeout: keepAliveMs,
      // Attempts have a time limit of their own, exact to the millisecond.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }
}
