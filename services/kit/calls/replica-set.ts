// The live replicas of a callee: follows the control document, chooses one for each attempt, and ejects those that keep failing.
import type { Logger } from '../../../otel/sdk/logger.ts'
import type { ControlDocument, Endpoint, NodeRegion } from '../control/document.ts'
import { Network } from '../network/network.ts'
import { chooseReplica } from './balancer.ts'
import { mayEjectOneMore, type OutlierPolicy } from './outlier.ts'
import { Replica } from './replica.ts'

export type ReplicaSnapshot = {
  instance: string
  region: NodeRegion
  inFlight: number
  ejected: boolean
  consecutiveFailures: number
}

export class ReplicaSet {
  readonly #callee: string
  readonly #network: Network
  readonly #log: Pick<Logger, 'warn'>
  readonly #onEjected: (instance: string) => void
  #replicas: Replica[] = []
  readonly #leaving = new Set<Promise<void>>()

  constructor(
    callee: string,
    from: NodeRegion,
    log: Pick<Logger, 'warn'>,
    onEjected: (instance: string) => void = () => {},
  ) {
    this.#callee = callee
    this.#network = new Network(from)
    this.#log = log
    this.#onEjected = onEjected
  }

  /** Takes over endpoints and delays. Replicas that are gone get no more calls; those under way on them end in peace. */
  apply(document: ControlDocument): void {
    this.#network.apply(document)
    const before = new Map(this.#replicas.map((replica) => [keyOf(replica.endpoint), replica]))
    this.#replicas = (document.endpoints[this.#callee] ?? []).map((endpoint) => {
      const key = keyOf(endpoint)
      const replica = before.get(key) ?? this.#join(endpoint)
      before.delete(key)
      replica.distance = this.#distanceTo(endpoint.region)
      return replica
    })
    for (const replica of before.values()) this.#leave(replica)
  }

  /** Takes all replicas back that are ejected: for when ejection is turned off. */
  forgive(): void {
    for (const replica of this.#replicas) replica.forgive()
  }

  /** The replica for the next attempt of a call that has `tried` some already; undefined when there is none at all. */
  choose(tried: readonly Replica[], random: () => number): Replica | undefined {
    return chooseReplica(this.#replicas, tried, random)
  }

  /** The replica of this name, ejected or not; undefined when it is not there. */
  find(instance: string): Replica | undefined {
    return this.#replicas.find((replica) => replica.endpoint.instance === instance)
  }

  failed(replica: Replica, policy: OutlierPolicy): void {
    const ejected = this.#replicas.filter((other) => other.ejected).length
    if (!replica.failed(policy, mayEjectOneMore(ejected, this.#replicas.length, policy))) return
    const { consecutiveFailures, ejections } = replica.outlier
    const { instance } = replica.endpoint
    this.#log.warn({ instance, consecutiveFailures, ejections }, 'replica ejected')
    this.#onEjected(instance)
  }

  snapshot(): ReplicaSnapshot[] {
    return this.#replicas.map((replica) => ({
      instance: replica.endpoint.instance,
      region: replica.endpoint.region,
      inFlight: replica.inFlight,
      ejected: replica.ejected,
      consecutiveFailures: replica.outlier.consecutiveFailures,
    }))
  }

  /** Resolves when the last request on any replica has ended. */
  async close(): Promise<void> {
    for (const replica of this.#replicas.splice(0)) this.#leave(replica)
    await Promise.all(this.#leaving)
  }

  #join(endpoint: Endpoint): Replica {
    return new Replica(this.#callee, endpoint, this.#network.linkTo(endpoint.instance, endpoint.region))
  }

  #leave(replica: Replica): void {
    const left = replica.close().finally(() => this.#leaving.delete(left))
    this.#leaving.add(left)
  }

  /** The own region comes before one that happens to have no delay. */
  #distanceTo(region: NodeRegion): number {
    return region === this.#network.from ? 0 : 1 + this.#network.delayTo(region)
  }
}

/** A node that was restarted on another port is another replica. */
function keyOf({ instance, region, host, port }: Endpoint): string {
  return `${instance} ${region} ${host} ${port}`
}
