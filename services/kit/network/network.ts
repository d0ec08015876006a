// The network as one place sees it: the links to other nodes and the delays between regions, live.
// The frontdoor has one for each customer's region; every other node has one for its own.
import type { ControlDocument, NodeRegion } from '../control/document.ts'
import { Link } from './link.ts'

export type Delays = ControlDocument['delays']

export class Network {
  readonly from: NodeRegion
  #delays: Delays
  readonly #links = new Map<string, { link: Link; region: NodeRegion }>()

  constructor(from: NodeRegion, delays: Delays = {}) {
    this.from = from
    this.#delays = delays
  }

  /** One-way delay to a region in ms. */
  delayTo(region: NodeRegion): number {
    return this.#delays[this.from]?.[region] ?? 0
  }

  /** Takes over new delays, for open connections too. */
  setDelays(delays: Delays): void {
    this.#delays = delays
    for (const { link, region } of this.#links.values()) this.#apply(link, region)
  }

  /** The link to a node, for instance `orders-2` or `postgres`; always the same one for the same node. */
  linkTo(node: string, region: NodeRegion): Link {
    const known = this.#links.get(node)
    if (known?.region === region) return known.link
    const link = new Link()
    this.#apply(link, region)
    this.#links.set(node, { link, region })
    return link
  }

  #apply(link: Link, region: NodeRegion): void {
    link.setDelays(this.delayTo(region), this.#delays[region]?.[this.from] ?? 0)
  }
}
