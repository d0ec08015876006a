// The one list of what a cluster is made of: each kind of node, where its replicas stand, whom it calls and which database it uses.
import type { Region } from '../../services/kit/control/document.ts'

/** `global`: one, of no region. `home`: in the home region. `regional`: in every region of the cluster. `spread`: one after the other over them. */
export type Placement = 'global' | 'home' | 'regional' | 'spread'

export type DatabaseName = 'users' | 'products' | 'orders' | 'payments'
/** Databases have a role of the same name as owner; fulfilment works in a schema of its own in the orders database. */
export type DatabaseRole = DatabaseName | 'fulfilment'

export type KindSpec = {
  placement: Placement
  /** Replicas in the full size, in each region for a regional kind. */
  replicas: number
  /** Kinds of node that it calls: the only endpoints that it is told. */
  calls: readonly string[]
  database?: { name: DatabaseName; role: DatabaseRole; readsReplica?: boolean }
  /** Whether `scale` may change the number of replicas; when not, why. */
  scalable: true | { reason: string }
}

export const homeRegion: Region = 'na'

export const kinds = {
  frontdoor: {
    placement: 'global',
    replicas: 1,
    calls: ['edge'],
    scalable: { reason: 'it is the one address that customers know' },
  },
  edge: { placement: 'regional', replicas: 1, calls: ['media', 'gateway'], scalable: true },
  media: {
    placement: 'home',
    replicas: 1,
    calls: [],
    scalable: { reason: 'its files lie in one folder' },
  },
  gateway: {
    placement: 'regional',
    replicas: 1,
    calls: ['products', 'users', 'recommendations', 'orders'],
    scalable: true,
  },
  products: {
    placement: 'regional',
    replicas: 1,
    calls: [],
    database: { name: 'products', role: 'products', readsReplica: true },
    scalable: true,
  },
  users: {
    placement: 'home',
    replicas: 1,
    calls: [],
    database: { name: 'users', role: 'users' },
    scalable: true,
  },
  recommendations: { placement: 'home', replicas: 1, calls: ['products', 'orders'], scalable: true },
  orders: {
    placement: 'home',
    replicas: 2,
    calls: ['products', 'payments'],
    database: { name: 'orders', role: 'orders' },
    scalable: true,
  },
  payments: {
    placement: 'home',
    replicas: 2,
    calls: ['ledger'],
    database: { name: 'payments', role: 'payments' },
    scalable: true,
  },
  // They call each other.
  ledger: { placement: 'spread', replicas: 3, calls: ['ledger'], scalable: true },
  fulfilment: {
    placement: 'home',
    replicas: 1,
    calls: ['orders'],
    database: { name: 'orders', role: 'fulfilment' },
    scalable: true,
  },
  load: {
    placement: 'global',
    replicas: 1,
    calls: ['frontdoor'],
    scalable: { reason: 'one generator paces all arrivals; change its rate with `faultline load RPS`' },
  },
} as const satisfies Record<string, KindSpec>

export type NodeKind = keyof typeof kinds

export const nodeKinds = Object.keys(kinds) as NodeKind[]

export const databaseRoles: readonly DatabaseRole[] = [
  ...new Set(Object.values<KindSpec>(kinds).flatMap(({ database }) => database?.role ?? [])),
]

export function isNodeKind(name: string): name is NodeKind {
  return Object.hasOwn(kinds, name)
}

/** The specification of a kind in its general form. */
export function kindSpec(kind: NodeKind): KindSpec {
  return kinds[kind]
}

/** Whom a kind calls, itself left out: replicas that call each other start and stop together. */
function calleesOf(kind: NodeKind): string[] {
  return kindSpec(kind).calls.filter((callee) => callee !== kind)
}

/** Kinds ordered so that each comes after all that it calls: the order of starting. Throws on a cycle. */
export function calleesFirst(): NodeKind[] {
  const ordered: NodeKind[] = []
  const visit = (kind: NodeKind, path: readonly NodeKind[]): void => {
    if (path.includes(kind)) throw new Error(`kinds call each other in a circle: ${[...path, kind].join(' → ')}`)
    if (ordered.includes(kind)) return
    // A test holds that `calls` names kinds only.
    for (const callee of calleesOf(kind)) visit(callee as NodeKind, [...path, kind])
    ordered.push(kind)
  }
  for (const kind of nodeKinds) visit(kind, [])
  return ordered
}

/** Kinds in layers, callers before callees: the order of stopping. All kinds of a layer can stop at the same time. */
export function stopLayers(): NodeKind[][] {
  const depths = new Map<NodeKind, number>()
  for (const kind of calleesFirst().reverse()) {
    const callers = nodeKinds.filter((other) => calleesOf(other).includes(kind))
    depths.set(kind, Math.max(0, ...callers.map((caller) => (depths.get(caller) ?? 0) + 1)))
  }
  const layers: NodeKind[][] = []
  for (const [kind, depth] of depths) {
    layers[depth] ??= []
    layers[depth].push(kind)
  }
  return layers
}
