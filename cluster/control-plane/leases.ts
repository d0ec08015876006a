// Which container is which node: ids handed out where nobody numbers the replicas. Pure state; clock, disk and sockets are elsewhere.
// A container is told apart by its host name, which it keeps for as long as it exists, whatever restarts it.
import { z } from 'zod'
import { HttpError } from '../../services/kit/http/errors.ts'
import { kindSpec, type NodeKind } from '../topology/kinds.ts'
import { type ClusterSize, makeNode, maxReplicas, type NodeSpec, placesOf } from '../topology/nodes.ts'
import { LeasedNode } from './lease-contract.ts'

export const Lease = z.object({
  node: LeasedNode,
  /** The container's host name. */
  holder: z.string(),
  host: z.string(),
  port: z.number().int(),
  /** False once the holder has left in order: its id is free for others, and comes back to it as long as nobody took it. */
  present: z.boolean(),
  /** Starts of the holder after its first. */
  restarts: z.number().int(),
  /** When it started last, in ms since 1970. */
  startedAtMs: z.number(),
})
export type Lease = z.infer<typeof Lease>

export type LeaseRequest = { kind: NodeKind; region: string; holder: string; host: string; port: number }

export class Leases {
  readonly #size: ClusterSize
  readonly #byId: Map<string, Lease>

  constructor(size: ClusterSize, known: readonly Lease[] = []) {
    this.#size = size
    this.#byId = new Map(known.map((lease) => [lease.node.id, lease]))
  }

  /** Every lease, those of holders that have left included. */
  all(): Lease[] {
    return [...this.#byId.values()]
  }

  present(): Lease[] {
    return this.all().filter(({ present }) => present)
  }

  get(id: string): Lease | undefined {
    return this.#byId.get(id)
  }

  /**
   * The node that the container is: the same as before, else the lowest number that is free, else one whose holder is away without
   * having left. Throws an `HttpError`: 400 for a region where the kind has no place, 409 when every place is taken.
   */
  grant(request: LeaseRequest, nowMs: number, isAway: (id: string) => boolean): NodeSpec {
    const places = this.#placesFor(request)
    const held = (node: NodeSpec) => this.#byId.get(node.id)
    const chosen =
      places.find((node) => held(node)?.holder === request.holder) ??
      places.find((node) => !held(node)?.present) ??
      places.find((node) => isAway(node.id))
    if (!chosen) throw this.#full(request)
    const before = held(chosen)
    const { holder, host, port } = request
    const restarts = before?.holder === holder ? before.restarts + 1 : 0
    this.#byId.set(chosen.id, { node: chosen, holder, host, port, present: true, restarts, startedAtMs: nowMs })
    return chosen
  }

  /** The node's holder has left, or is given up. */
  end(id: string): void {
    const lease = this.#byId.get(id)
    if (lease) this.#byId.set(id, { ...lease, present: false })
  }

  #placesFor({ kind, region }: LeaseRequest): NodeSpec[] {
    const place = placesOf(kind, this.#size).find((one) => one === region)
    if (!place) {
      const regions = placesOf(kind, this.#size).join(', ')
      throw new HttpError(400, 'no_such_place', `${kind} stands in ${regions}, not in ${region || 'no region'}`)
    }
    const { scalable, replicas } = kindSpec(kind)
    const count = scalable === true ? maxReplicas : replicas
    return Array.from({ length: count }, (_, index) => makeNode(kind, place, index + 1))
  }

  #full({ kind }: LeaseRequest): HttpError {
    const { scalable } = kindSpec(kind)
    const why = scalable === true ? `there are ${maxReplicas} of it already` : scalable.reason
    return new HttpError(409, 'no_place_left', `${kind} gets no further replica: ${why}`)
  }
}
