// Whom an injection concerns: its names, checked against what the fault allows, and what each node is to be told of it.
import type { Fault, TargetKind } from '../../../faults/fault.ts'
import { HttpError } from '../../../services/kit/http/errors.ts'
import type { FaultInjection } from './contract.ts'
import { databaseKind, findPlace, type Inhabitant, whoIsAt } from './places.ts'

/** Names only: who bears them is looked up each time, for nodes come and go. */
export type Scope =
  | { kind: 'cluster' }
  | { kind: 'place'; target: string }
  | { kind: 'link'; from: string; to: string; bothWays: boolean }

/** What one node is told beside the fault itself; undefined when it is not concerned. */
export type NodeScope = { to?: string[]; from?: string[]; servers?: string[] } | undefined

export type World = { inhabitants: readonly Inhabitant[]; kinds: readonly string[] }

/** Throws a 400 that says which targets the fault takes, or a 404 for a place that there is not. */
export function scopeOf(
  fault: Fault,
  injection: FaultInjection,
  parameters: Record<string, unknown>,
  world: World,
): Scope {
  const { target, from, to } = injection
  if (target !== undefined && (from ?? to) !== undefined) {
    throw badTarget('give either a target, or both from and to')
  }
  if (target !== undefined) {
    const place = findPlace(target, world.inhabitants, world.kinds)
    if (!fault.targets.includes(place.kind))
      throw badTarget(`${fault.id} takes no ${place.kind} as its target; it takes ${allowed(fault)}`)
    return { kind: 'place', target }
  }
  if (from !== undefined && to !== undefined) return linkOf(fault, from, to, parameters, world)
  if ((from ?? to) !== undefined) throw badTarget('a link has two ends: give from and to')
  if (!fault.targets.includes('cluster')) throw badTarget(`${fault.id} needs a target; it takes ${allowed(fault)}`)
  return { kind: 'cluster' }
}

function linkOf(fault: Fault, from: string, to: string, parameters: Record<string, unknown>, world: World): Scope {
  const ends = [from, to].map((name) => findPlace(name, world.inhabitants, world.kinds))
  const kind: TargetKind = ends.every((place) => place.kind === 'region') ? 'regions' : 'link'
  if (!fault.targets.includes(kind))
    throw badTarget(`${fault.id} does not act between two places; it takes ${allowed(fault)}`)
  if (from === to) throw badTarget('from and to are the same place')
  if (ends.every((place) => place.kind === 'database')) {
    throw badTarget('no node of the shop stands at either end, and replication from server to server is left alone')
  }
  return { kind: 'link', from, to, bothWays: fault.bothWays?.(parameters) ?? false }
}

/** The same scope after a change of the parameters. */
export function withParameters(scope: Scope, fault: Fault, parameters: Record<string, unknown>): Scope {
  return scope.kind === 'link' ? { ...scope, bothWays: fault.bothWays?.(parameters) ?? false } : scope
}

const words: Record<TargetKind, string> = {
  node: 'a node',
  kind: 'a kind',
  region: 'a region',
  database: 'a database server',
  link: 'a link (from and to)',
  regions: 'two regions (from and to)',
  cluster: 'no target at all',
}

export function allowed(fault: Fault): string {
  return fault.targets.map((kind) => words[kind]).join(', ')
}

function badTarget(message: string): HttpError {
  return new HttpError(400, 'invalid_target', message, { fields: [{ field: 'target', message }] })
}

/**
 * Names of everybody whom the injection concerns, for `nodes` of its answer and for its signature. Nobody, when the place has gone since:
 * a node that was scaled away ends no injection, and disturbs none.
 */
export function affected(fault: Fault, scope: Scope, world: World): { from: string[]; to: string[] } {
  const inhabitants = world.inhabitants.filter(({ kind }) => kind !== databaseKind || reachesServers(fault))
  const everybody = inhabitants.map(({ id }) => id)
  if (scope.kind === 'cluster') return { from: everybody, to: everybody }
  const idsOf = (name: string): string[] => whoIsAt(name, inhabitants)
  if (scope.kind === 'link') return { from: idsOf(scope.from), to: idsOf(scope.to) }
  const ids = idsOf(scope.target)
  return fault.layer === 'network'
    ? { from: ids, to: everybody.filter((id) => !ids.includes(id)) }
    : { from: ids, to: [] }
}

/** Whether database servers of a region are concerned as well: as peers on a link, or by what they are made to do. */
function reachesServers(fault: Fault): boolean {
  return fault.layer === 'network' || fault.targets.includes('database')
}

/** What the node `id` is told. Network faults concern both ends of a link; the others, who is their target. */
export function scopeFor(id: string, fault: Fault, scope: Scope, world: World): NodeScope {
  const { from, to } = affected(fault, scope, world)
  if (fault.layer === 'network') {
    const bothWays = scope.kind !== 'link' || scope.bothWays
    const outbound = [...(from.includes(id) ? to : []), ...(bothWays && to.includes(id) ? from : [])]
    const inbound = [...(to.includes(id) ? from : []), ...(bothWays && from.includes(id) ? to : [])]
    const told = { to: outbound.filter((peer) => peer !== id), from: inbound.filter((peer) => peer !== id) }
    return told.to.length + told.from.length === 0 ? undefined : told
  }
  const servers = from.filter((name) => world.inhabitants.some((one) => one.id === name && one.kind === databaseKind))
  if (from.includes(id)) return {}
  return servers.length > 0 && scope.kind !== 'cluster' ? { servers } : undefined
}

/** The one place that an annotation names: of a link, where it leads to. */
export function subjectOf(scope: Scope): string {
  if (scope.kind === 'cluster') return 'cluster'
  return scope.kind === 'place' ? scope.target : scope.to
}

export function describe(scope: Scope): string {
  if (scope.kind === 'cluster') return 'the cluster'
  if (scope.kind === 'place') return scope.target
  return `${scope.from} ${scope.bothWays ? '↔' : '→'} ${scope.to}`
}
