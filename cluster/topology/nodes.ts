// Which nodes a cluster of a size has, what they are called, and which come or go when a kind is scaled.
import { type NodeRegion, Region } from '../../services/kit/control/document.ts'
import { calleesFirst, homeRegion, kindSpec, type NodeKind } from './kinds.ts'

export const clusterSizes = ['small', 'full'] as const
/** `small`: the home region alone and one replica of each kind. `full`: three regions. */
export type ClusterSize = (typeof clusterSizes)[number]

export type NodeSpec = {
  /** For instance `orders-2`, `edge-eu`, `products-eu-2`. */
  id: string
  kind: NodeKind
  region: NodeRegion
  /** 1 for the first replica of its kind (and region). */
  ordinal: number
}

export const maxReplicas = 8

export function regionsOf(size: ClusterSize): Region[] {
  return size === 'small' ? [homeRegion] : [...Region.options]
}

/** Every node that a cluster of the size starts with, callees before their callers. */
export function nodesFor(size: ClusterSize): NodeSpec[] {
  return calleesFirst().flatMap((kind) => nodesOfKind(kind, size === 'small' ? 1 : kindSpec(kind).replicas, size))
}

/** Ids of the nodes that a new ledger begins with. */
export function firstLedgerNodes(size: ClusterSize): string[] {
  return nodesFor(size).flatMap(({ id, kind }) => (kind === 'ledger' ? [id] : []))
}

/** Where replicas of a kind stand. */
export function placesOf(kind: NodeKind, size: ClusterSize): NodeRegion[] {
  const { placement } = kindSpec(kind)
  if (placement === 'regional' || placement === 'spread') return regionsOf(size)
  return [placement === 'global' ? 'global' : homeRegion]
}

/** The nodes of a kind with so many replicas: in each region for a regional kind. */
function nodesOfKind(kind: NodeKind, replicas: number, size: ClusterSize): NodeSpec[] {
  const { placement } = kindSpec(kind)
  const regions = regionsOf(size)
  const numbers = Array.from({ length: replicas }, (_, index) => index)
  switch (placement) {
    case 'regional':
      return regions.flatMap((region) => numbers.map((number) => makeNode(kind, region, number + 1)))
    case 'spread':
      return numbers.map((number) => {
        const region = regions[number % regions.length] ?? homeRegion
        return makeNode(kind, region, Math.floor(number / regions.length) + 1)
      })
    case 'global':
    case 'home':
      return numbers.map((number) => makeNode(kind, placement === 'global' ? 'global' : homeRegion, number + 1))
  }
}

export function makeNode(kind: NodeKind, region: NodeRegion, ordinal: number): NodeSpec {
  const { placement } = kindSpec(kind)
  const isNamedByRegion = placement === 'regional' || placement === 'spread'
  const id = isNamedByRegion ? `${kind}-${region}${ordinal === 1 ? '' : `-${ordinal}`}` : `${kind}-${ordinal}`
  return { id, kind, region, ordinal }
}

/** The node that an id of a kind in regions stands for, for instance `ledger-eu-2`; undefined for any other. */
export function nodeOfId(kind: NodeKind, id: string): NodeSpec | undefined {
  const [, region, ordinal = '1'] = new RegExp(`^${kind}-(${Region.options.join('|')})(?:-([2-9]))?$`).exec(id) ?? []
  return region === undefined ? undefined : makeNode(kind, Region.parse(region), Number(ordinal))
}

export type ScalePlan = { add: NodeSpec[]; remove: NodeSpec[] }

/**
 * What to start and what to drain so that `kind` has `replicas` replicas (in each region for a regional kind).
 * The lowest numbers stay. `current` are the nodes of the cluster, of any kind.
 */
export function planScale(
  current: readonly NodeSpec[],
  kind: NodeKind,
  replicas: number,
  size: ClusterSize,
): ScalePlan {
  const wanted = nodesOfKind(kind, replicas, size)
  const present = current.filter((node) => node.kind === kind)
  return {
    add: wanted.filter(({ id }) => !present.some((node) => node.id === id)),
    remove: present.filter(({ id }) => !wanted.some((node) => node.id === id)),
  }
}

export const postgresPrimary = `postgres-${homeRegion}`

/** Names of the PostgreSQL servers, the primary first: `postgres-na`, then one replica for each further region. */
export function postgresNodesFor(size: ClusterSize): { id: string; region: Region; role: 'primary' | 'replica' }[] {
  return regionsOf(size).map((region) => ({
    id: `postgres-${region}`,
    region,
    role: region === homeRegion ? 'primary' : 'replica',
  }))
}
