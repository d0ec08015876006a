// How many replicas a kind has, counted as the control plane counts them when it is asked to scale. Pure.
import type { MapNode } from './map-model.ts'

export type Scaling =
  | { kind: 'scales'; replicas: number; perRegion: boolean }
  /** The control plane refuses; `why` completes "it does not scale:". */
  | { kind: 'fixed'; why: string }

// The control plane's API tells none of these: a test holds them against its own list of kinds.

export const MAX_REPLICAS = 8

/** Kinds that are one group over all regions: their number is that of all of them. */
export const spreadKinds: ReadonlySet<string> = new Set(['ledger'])

export const fixedKinds: ReadonlyMap<string, string> = new Map([
  ['frontdoor', 'it is the one address that customers know'],
  ['media', 'its files lie in one folder'],
  ['load', 'one generator paces all arrivals; change its rate instead'],
])

/** Of a node's kind. A kind that nobody knows here is offered, and the control plane has the last word. */
export function scalingOf({ kind, region }: Pick<MapNode, 'kind' | 'region'>, nodes: readonly MapNode[]): Scaling {
  const why = fixedKinds.get(kind)
  if (why !== undefined) return { kind: 'fixed', why }
  const all = nodes.filter((node) => node.kind === kind)
  if (spreadKinds.has(kind)) return { kind: 'scales', replicas: all.length, perRegion: false }
  const near = all.filter((node) => node.region === region)
  return { kind: 'scales', replicas: near.length, perRegion: near.length < all.length }
}

/** For instance `3 replicas`, or `1 replica in each region`. */
export function replicasInWords(replicas: number, perRegion: boolean): string {
  return `${replicas} ${replicas === 1 ? 'replica' : 'replicas'}${perRegion ? ' in each region' : ''}`
}
