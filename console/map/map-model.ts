// The cluster as nodes and links, from what the control plane says and what was measured. Pure; where things stand is layout.ts's business.
import type { NodeStatus } from '../control/cluster-status.ts'
import type { ActiveFault } from '../control/faults.ts'
import type { InstantVector } from '../prometheus/answers.ts'
import { type BareLink, databaseLinks, httpLinks, queueLinks, replicationLinks } from './map-links.ts'
import type { MapSamples } from './map-queries.ts'
import { type Measured, measured, sampleValue, sum, together } from './measured.ts'

export const QUEUE_ID = 'queue'

export type Health = 'ok' | 'busy' | 'warn' | 'down'

export type MapNode = Measured & {
  id: string
  kind: string
  region: string
  shape: 'service' | 'database' | 'queue' | 'customers'
  health: Health
  /** Why it is not well, in words. */
  why: string | undefined
  status: NodeStatus | undefined
  /** Busy share of its event loop. */
  busy: number | undefined
  /** Among the servers of a database, or the nodes of the ledger. */
  role: string | undefined
  lagS: number | undefined
  breakers: readonly { callee: string; state: string }[]
  ejected: readonly { callee: string; count: number }[]
  faults: readonly ActiveFault[]
  /** Of the queue. */
  waiting: number | undefined
  oldestS: number | undefined
  deadLetters: number | undefined
}

export type MapLink = Measured & {
  id: string
  from: string
  to: string
  protocol: 'http' | 'sql' | 'queue' | 'replication'
  /** Of the caller for this kind of callee; undefined while it is closed. */
  breaker: 'open' | 'half_open' | undefined
  /** The caller's pools that lead here, of a database; none of any other. */
  pools: readonly string[]
  faults: readonly ActiveFault[]
}

export type ClusterMap = { nodes: readonly MapNode[]; links: readonly MapLink[] }

/** Kinds that are part of the machinery, not of the shop. */
const machinery = new Set(['supervisor', 'backend', 'console'])

export function buildMap(
  statuses: readonly NodeStatus[],
  samples: MapSamples,
  faults: readonly ActiveFault[] = [],
): ClusterMap {
  const shown = statuses.filter(({ role }) => !machinery.has(role))
  const byId = new Map(shown.map((status) => [status.id, status]))
  const hasQueue = samples.queueWaiting.length > 0
  const links = [
    ...httpLinks(shown, byId, samples),
    ...databaseLinks(shown, byId, samples),
    ...(hasQueue ? queueLinks(byId, samples) : []),
    ...replicationLinks(shown),
  ].map((link): MapLink => ({ ...link, faults: faults.filter((fault) => concernsLink(fault, link, byId)) }))
  const nodes = shown.map((status) => nodeOf(status, samples, faults, links))
  return { nodes: hasQueue ? [...nodes, queueNode(shown, samples)] : nodes, links }
}

function nodeOf(
  status: NodeStatus,
  samples: MapSamples,
  faults: readonly ActiveFault[],
  links: readonly MapLink[],
): MapNode {
  const { id, kind, region, role } = status
  const at = (vector: InstantVector): number | undefined => sampleValue(vector, { instance: id })
  const isDatabase = role === 'primary' || role === 'replica'
  const incoming = links.filter(({ to, protocol }) => to === id && protocol === 'sql')
  const own = isDatabase
    ? together(incoming)
    : measured(at(samples.nodeRate), at(samples.nodeErrors), at(samples.nodeP95))
  const outgoing = links.filter(({ from, protocol }) => from === id && protocol === 'http')
  const sent = kind === 'load' ? together(outgoing) : own
  const busy = at(samples.busy)
  const breakers = samples.breakers
    .filter(({ labels }) => labels['instance'] === id && labels['state'] !== 'closed')
    .map(({ labels }) => ({ callee: labels['callee'] ?? '', state: labels['state'] ?? '' }))
  const ejected = samples.callees
    .filter(({ labels, value }) => labels['instance'] === id && labels['state'] === 'ejected' && value > 0)
    .map(({ labels, value }) => ({ callee: labels['callee'] ?? '', count: value }))
  return {
    id,
    kind,
    region,
    shape: isDatabase ? 'database' : kind === 'load' ? 'customers' : 'service',
    ...sent,
    ...healthOf(status, sent.errorShare, busy, breakers),
    status,
    busy,
    role: isDatabase ? role : ledgerRoleOf(status, samples),
    lagS: role === 'replica' ? sampleValue(samples.lag, { region }) : undefined,
    breakers,
    ejected,
    faults: faults.filter((fault) => concernsNode(fault, status)),
    waiting: undefined,
    oldestS: undefined,
    deadLetters: undefined,
  }
}

/** What a node of the ledger took itself for when it was last heard; undefined of one that is not there to be it. */
function ledgerRoleOf({ id, state, ready }: NodeStatus, samples: MapSamples): string | undefined {
  if (state !== 'running' || !ready) return undefined
  return samples.ledgerRoles.find(({ labels }) => labels['instance'] === id)?.labels['role']?.replace('_', '-')
}

function queueNode(statuses: readonly NodeStatus[], samples: MapSamples): MapNode {
  const waiting = samples.queueWaiting[0]?.value ?? 0
  const oldestS = samples.queueOldest[0]?.value
  const deadLetters = samples.queueDead[0]?.value ?? 0
  const slow = (oldestS ?? 0) > 15
  return {
    id: QUEUE_ID,
    kind: 'queue',
    region: statuses.find(({ role }) => role === 'primary')?.region ?? 'na',
    shape: 'queue',
    ...measured(sum(samples.queueDelivered.map(({ value }) => value)), undefined, undefined),
    health: deadLetters > 0 || slow ? 'warn' : 'ok',
    why:
      deadLetters > 0
        ? `${deadLetters} dead letters`
        : slow
          ? `the oldest waits for ${Math.round(oldestS ?? 0)} s`
          : undefined,
    status: undefined,
    busy: undefined,
    role: undefined,
    lagS: undefined,
    breakers: [],
    ejected: [],
    faults: [],
    waiting,
    oldestS,
    deadLetters,
  }
}

function healthOf(
  { state, ready, reason }: NodeStatus,
  errorShare: number,
  busy: number | undefined,
  breakers: readonly { callee: string }[],
): { health: Health; why: string | undefined } {
  if (state !== 'running') return { health: state === 'draining' || state === 'starting' ? 'warn' : 'down', why: state }
  if (!ready) return { health: 'down', why: reason ?? 'not ready' }
  if (errorShare > 0.05) return { health: 'warn', why: `${Math.round(errorShare * 100)}% of its answers are errors` }
  const [open] = breakers
  if (open) return { health: 'warn', why: `does not call ${open.callee} for now: the breaker is open` }
  if ((busy ?? 0) > 0.9) return { health: 'busy', why: 'its event loop is busy' }
  return { health: 'ok', why: undefined }
}

/** Whether the fault acts on the node itself. Names may be of a node, a kind or a region. */
export function concernsNode(
  fault: ActiveFault,
  { id, kind, region }: Pick<NodeStatus, 'id' | 'kind' | 'region'>,
): boolean {
  if (fault.from !== null || fault.to !== null) return false
  return [id, kind, region].includes(fault.target) || fault.nodes.includes(id)
}

function concernsLink(fault: ActiveFault, link: BareLink, byId: ReadonlyMap<string, NodeStatus>): boolean {
  if (fault.from === null || fault.to === null) return false
  const names = (id: string): string[] => {
    const status = byId.get(id)
    return status ? [id, status.kind, status.region] : [id]
  }
  const [from, to] = [names(link.from), names(link.to)]
  return (from.includes(fault.from) && to.includes(fault.to)) || (from.includes(fault.to) && to.includes(fault.from))
}
