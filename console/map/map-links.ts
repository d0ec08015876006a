// The links between nodes: calls, statements, messages, replication. Who could be called is there before anybody is.
import type { NodeStatus } from '../control/cluster-status.ts'
import type { InstantVector } from '../prometheus/answers.ts'
import { type MapLink, QUEUE_ID } from './map-model.ts'
import type { MapSamples } from './map-queries.ts'
import { measured, sampleValue, together } from './measured.ts'

/** A link without the faults on it. */
export type BareLink = Omit<MapLink, 'faults'>

export function httpLinks(
  statuses: readonly NodeStatus[],
  byId: ReadonlyMap<string, NodeStatus>,
  samples: MapSamples,
): BareLink[] {
  const links = new Map<string, BareLink>()
  const add = (from: string, to: string): void => {
    if (!byId.has(from) || !byId.has(to)) return
    const id = `${from} ${to}`
    const at = (vector: InstantVector): number | undefined =>
      sampleValue(vector, { instance: from, callee_instance: to })
    links.set(id, {
      id,
      from,
      to,
      protocol: 'http',
      ...measured(at(samples.linkRate), at(samples.linkErrors), at(samples.linkP95)),
      breaker: breakerOf(samples, from, byId.get(to)?.kind ?? ''),
      pools: [],
    })
  }
  for (const { labels, value } of samples.linkRate) {
    if (value > 0) add(labels['instance'] ?? '', labels['callee_instance'] ?? '')
  }
  // Who could be called stands there before anybody is.
  for (const { labels } of samples.callees) {
    const callees = statuses.filter(({ kind }) => kind === labels['callee'])
    const caller = byId.get(labels['instance'] ?? '')
    const near = callees.filter(({ region }) => region === caller?.region)
    for (const callee of near.length > 0 ? near : callees) if (caller) add(caller.id, callee.id)
  }
  return [...links.values()]
}

function breakerOf(samples: MapSamples, instance: string, callee: string): MapLink['breaker'] {
  const found = samples.breakers.find(({ labels }) => labels['instance'] === instance && labels['callee'] === callee)
  const state = found?.labels['state']
  return state === 'open' || state === 'half_open' ? state : undefined
}

/** A node's pools: `primary` leads to whichever server is that now, `replica` to the one of its region. */
export function databaseLinks(
  statuses: readonly NodeStatus[],
  byId: ReadonlyMap<string, NodeStatus>,
  samples: MapSamples,
): BareLink[] {
  const servers = statuses.filter(({ role }) => role === 'primary' || role === 'replica')
  const links = new Map<string, BareLink>()
  for (const { labels } of samples.pools) {
    const from = byId.get(labels['instance'] ?? '')
    const pool = labels['db_client_connection_pool_name'] ?? ''
    const server =
      pool === 'primary'
        ? servers.find(({ role }) => role === 'primary')
        : (servers.find(({ role, region }) => role === 'replica' && region === from?.region) ??
          servers.find(({ region }) => region === from?.region))
    if (!from || !server) continue
    const at = (vector: InstantVector): number | undefined =>
      sampleValue(vector, { instance: from.id, db_client_connection_pool_name: pool })
    const id = `${from.id} ${server.id}`
    const refused = at(samples.databaseRefused) ?? 0
    const own = measured(
      (at(samples.databaseRate) ?? 0) + refused,
      (at(samples.databaseErrors) ?? 0) + refused,
      at(samples.databaseP95),
    )
    const before = links.get(id)
    links.set(id, {
      id,
      from: from.id,
      to: server.id,
      protocol: 'sql',
      ...together(before ? [before, own] : [own]),
      breaker: undefined,
      pools: [...(before?.pools ?? []), pool],
    })
  }
  return [...links.values()]
}

export function queueLinks(byId: ReadonlyMap<string, NodeStatus>, samples: MapSamples): BareLink[] {
  const link = (from: string, to: string, rate: number): BareLink => {
    return {
      id: `${from} ${to}`,
      from,
      to,
      protocol: 'queue',
      ...measured(rate, undefined, undefined),
      breaker: undefined,
      pools: [],
    }
  }
  const rates = (vector: InstantVector): { id: string; rate: number }[] =>
    vector.flatMap(({ labels, value }) => {
      const id = labels['instance'] ?? ''
      return byId.has(id) ? [{ id, rate: value }] : []
    })
  return [
    ...rates(samples.orders).map(({ id, rate }) => link(id, QUEUE_ID, rate)),
    ...rates(samples.queueDelivered).map(({ id, rate }) => link(QUEUE_ID, id, rate)),
  ]
}

export function replicationLinks(statuses: readonly NodeStatus[]): BareLink[] {
  const primary = statuses.find(({ role }) => role === 'primary')
  if (!primary) return []
  return statuses
    .filter(({ role }) => role === 'replica')
    .map(({ id }) => ({
      id: `${primary.id} ${id}`,
      from: primary.id,
      to: id,
      protocol: 'replication',
      rate: 0,
      errorShare: 0,
      p95S: undefined,
      breaker: undefined,
      pools: [],
    }))
}
