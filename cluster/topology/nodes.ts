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
  return calleesFirst().flatMap((kind) => {
    const replicas = size === 'small' ? 1 : kindSpec(kind).replicas
    return placesOf(kind, size).flatMap((region) =>
      Array.from({ length: replicas }, (_, index) => makeNode(kind, region, index + 1)),
    )
  })
}

/** Where replicas of a kind stand; scaling gives each of these places the same number. */
export function placesOf(kind: NodeKind, size: ClusterSize): NodeRegion[] {
  const { placement } = kindSpec(kind)
  if (placement === 'regional') return regionsOf(size)
  return [placement === 'global' ? 'global' : homeRegion]
}

export function makeNode(kind: NodeKind, region: NodeRegion, ordinal: number): NodeSpec {
  const regional = kindSpec(kind).placement === 'regional'
  const id = regional ? `${kind}-${region}${ordinal === 1 ? '' : `-${ordinal}`}` : `${kind}-${ordinal}`
  return { id, kind, region, ordinal }
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
  const plan: ScalePlan = { add: [], remove: [] }
  for (const region of placesOf(kind, size)) {
    const present = current.filter((node) => node.kind === kind && node.region === region)
    for (let ordinal = 1; ordinal <= replicas; ordinal++) {
      if (!present.some((node) => node.ordinal === ordinal)) plan.add.push(makeNode(kind, region, ordinal))
    }
    plan.remove.push(...present.filter((node) => node.ordinal > replicas))
  }
  return plan
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
