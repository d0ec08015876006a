// The network as one place sees it: the links to other nodes, their delays and what is wrong with them, live.
// The frontdoor has one for each customer's region; every other node has one for its own.
import type { ControlDocument, NodeRegion } from '../control/document.ts'
import { LinkFaults } from '../faults/link-faults.ts'
import { Link } from './link.ts'

export type Delays = ControlDocument['delays']

export class Network {
  readonly from: NodeRegion
  #delays: Delays
  readonly #faults = new LinkFaults()
  readonly #links = new Map<string, { link: Link; region: NodeRegion }>()

  constructor(from: NodeRegion, delays: Delays = {}) {
    this.from = from
    this.#delays = delays
  }

  /** One-way delay to a region in ms. */
  delayTo(region: NodeRegion): number {
    return this.#delays[this.from]?.[region] ?? 0
  }

  /** Takes over new delays and faults, for open connections too. */
  apply({ delays, faults }: Pick<ControlDocument, 'delays' | 'faults'>): void {
    this.#delays = delays
    const changed = this.#faults.set(faults)
    for (const [node, { link, region }] of this.#links) {
      this.#setDelays(link, region)
      if (changed) this.#faults.applyTo(link, node)
    }
  }

  /** The link to a node, for instance `orders-2` or `postgres-na`; always the same one for the same node. */
  linkTo(node: string, region: NodeRegion): Link {
    const known = this.#links.get(node)
    if (known?.region === region) return known.link
    const link = new Link()
    this.#links.set(node, { link, region })
    this.#setDelays(link, region)
    this.#faults.applyTo(link, node)
    return link
  }

  #setDelays(link: Link, region: NodeRegion): void {
    link.setDelays(this.delayTo(region), this.#delays[region]?.[this.from] ?? 0)
  }
}
