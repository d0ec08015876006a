// Where a fault of a soak acts and how: places that the topology has, parameters around their defaults. Pure.
import { parametersInfo } from '../../cluster/control-plane/faults/describe-fault.ts'
import { serversFor } from '../../cluster/control-plane/faults/refusals.ts'
import { kindSpec, type NodeKind, nodeKinds } from '../../cluster/topology/kinds.ts'
import { type ClusterSize, nodesFor, postgresNodesFor, regionsOf } from '../../cluster/topology/nodes.ts'
import type { Fault, Injection, TargetKind } from '../../faults/fault.ts'
import type { Random } from '../../faults/random.ts'
import type { InjectEvent } from '../../faults/schedules/schedule.ts'

/** How far a parameter is from its default at most, as a factor. */
const SPREAD = 2
/** The share of injections that is as the fault's own example has it: where it is sure to hurt. */
const EXAMPLES = 0.5

/** Nodes that a process is killed of, beside what faults do. */
export const kills = ['node', 'ledger', 'database'] as const
export type Kill = (typeof kills)[number]

/**
 * A damaged answer changes by design what is ordered, and what customers are told of it. Where answers are proved, or only looked at, it
 * must change nothing.
 */
const PROVED: readonly NodeKind[] = ['payments', 'recommendations', 'fulfilment']

/** The load generator remembers what customers were told; it is spared. */
function nodeIds(size: ClusterSize): string[] {
  return nodesFor(size).flatMap(({ id, kind }) => (kind === 'load' ? [] : [id]))
}

export function victimOf(kill: Kill, size: ClusterSize, random: Random): string {
  const servers = postgresNodesFor(size).map(({ id }) => id)
  const ledgers = nodeIds(size).filter((id) => id.startsWith('ledger-'))
  return pick(random, { node: nodeIds(size), ledger: ledgers, database: servers }[kill])
}

export function placeOf(fault: Fault, size: ClusterSize, random: Random): Injection {
  const example = fault.example[size]
  if (fault.id === 'silent-corruption') return { target: pick(random, PROVED) }
  if (example && random() < EXAMPLES) return example
  const places = fault.targets.flatMap((kind) => (isThere(kind, size) ? [placeOfKind(fault, kind, size, random)] : []))
  return places.length === 0 ? (example ?? {}) : pick(random, places)
}

/** A region that is all there is, is none. */
function isThere(kind: TargetKind, size: ClusterSize): boolean {
  return regionsOf(size).length > 1 || (kind !== 'region' && kind !== 'regions')
}

function placeOfKind(fault: Fault, kind: TargetKind, size: ClusterSize, random: Random): Injection {
  switch (kind) {
    case 'node':
      return { target: pick(random, nodeIds(size)) }
    case 'kind':
      return {
        target: pick(
          random,
          nodeKinds.filter((one) => one !== 'load'),
        ),
      }
    case 'region':
      return { target: pick(random, regionsOf(size)) }
    case 'database':
      // There is one, or the fault is left out.
      return { target: pick(random, serversFor(fault, postgresNodesFor(size))) }
    case 'link':
      return linkOf(size, random)
    case 'regions': {
      const from = pick(random, regionsOf(size))
      return {
        from,
        to: pick(
          random,
          regionsOf(size).filter((region) => region !== from),
        ),
      }
    }
    case 'cluster':
      return {}
  }
}

/** Between two kinds of which one calls the other, or one and its database; either way. */
function linkOf(size: ClusterSize, random: Random): Injection {
  const kinds = nodeKinds.filter((kind) => nodesFor(size).some((node) => node.kind === kind))
  const links = kinds.flatMap((caller) => {
    const { calls, database } = kindSpec(caller)
    const callees = [...calls.filter((callee) => callee !== caller), ...(database ? ['postgres'] : [])]
    return callees.map((callee) => [caller, callee] as const)
  })
  const [from, to] = pick(random, links)
  return random() < 0.5 ? { from, to } : { from: to, to: from }
}

/** Around their defaults, within their ranges. */
export function parametersOf(fault: Fault, random: Random): InjectEvent['parameters'] {
  return Object.fromEntries(
    parametersInfo(fault).flatMap(({ name, schema, default: byDefault }) => {
      const value = drawValue(schema, byDefault, random)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}

function drawValue(schema: Record<string, unknown>, byDefault: unknown, random: Random): number | string | undefined {
  if (Array.isArray(schema['enum'])) return String(pick(random, schema['enum']))
  const { minimum, maximum, type } = schema
  if (typeof byDefault !== 'number' || typeof minimum !== 'number' || typeof maximum !== 'number') return undefined
  const value = byDefault * SPREAD ** (2 * random() - 1)
  const within = Math.min(maximum, Math.max(minimum, value))
  return type === 'integer' ? Math.round(within) : Math.round(within * 1_000) / 1_000
}

export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}
