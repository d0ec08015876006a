// What a soak does: faults drawn at random from the whole catalogue, up to three at once. Pure: the same seed, the same plan.
// It is a schedule, so that `faultline replay` can play it. Nothing of it switches off what keeps the shop's promises.
import { describeFault } from '../../cluster/control-plane/faults/describe-fault.ts'
import { kindSpec, type NodeKind, nodeKinds } from '../../cluster/topology/kinds.ts'
import { type ClusterSize, nodesFor, postgresNodesFor, regionsOf } from '../../cluster/topology/nodes.ts'
import { catalogue } from '../../faults/catalogue.ts'
import type { Fault, Injection, TargetKind } from '../../faults/fault.ts'
import { createRandom, type Random, seedFor } from '../../faults/random.ts'
import {
  type InjectEvent,
  SCHEDULE_FORMAT,
  SCHEDULE_VERSION,
  type Schedule,
  type ScheduleEvent,
} from '../../faults/schedules/schedule.ts'

export type SoakSettings = {
  seed: number
  minutes: number
  size: ClusterSize
  /** Requests a second. */
  load: number
}

/** So many at once. */
const LANES = 3
const LASTS_S = [8, 28] as const
const PAUSE_S = [1, 9] as const
/** How far a parameter is from its default at most, as a factor. */
const SPREAD = 2
/** The share of injections that is as the fault's own example has it: where it is sure to hurt. */
const EXAMPLES = 0.5

/** Nodes that a process is killed of, beside what faults do. */
const kills = ['node', 'ledger', 'database'] as const
type Draw = { fault: Fault } | { kill: (typeof kills)[number] }

/**
 * A damaged answer changes by design what is ordered, and what customers are told of it. Where answers are proved, or only looked at, it
 * must change nothing.
 */
const PROVED: readonly NodeKind[] = ['payments', 'recommendations', 'fulfilment']

/**
 * What a commit that waits for one replica outlasts is the loss of one server; of these one at a time is drawn therefore.
 */
const concernsServers = (draw: Draw): boolean =>
  'kill' in draw ? draw.kill === 'database' : draw.fault.acts.server !== undefined

/** What a cluster of this size cannot show. */
export function leftOut(size: ClusterSize): string[] {
  return catalogue.filter(({ example }) => example[size] === null).map(({ id }) => id)
}

/** Minutes are 1 to 60. */
export function planSoak({ seed, minutes, size, load }: SoakSettings): Schedule {
  const durationS = minutes * 60
  const random = createRandom(seedFor(seed, 'soak', size))
  const bag = createBag(random, size)
  const freeS = Array.from({ length: LANES }, () => between(random, PAUSE_S))
  let serversFreeS = 0
  const counts = new Map<string, number>()
  const events: ScheduleEvent[] = []
  for (;;) {
    const atS = Math.min(...freeS)
    const lane = freeS.indexOf(atS)
    const forS = Math.min(between(random, LASTS_S), durationS - atS)
    if (forS < LASTS_S[0]) break
    const draw = bag((one) => !concernsServers(one) || serversFreeS <= atS)
    const event = eventOf(draw, { atS: tenths(atS), forS: tenths(forS), size, random, counts })
    events.push(event)
    const lastsS = event.do === 'inject' ? forS : LASTS_S[0]
    if (concernsServers(draw)) serversFreeS = atS + lastsS + SERVERS_REST_S
    freeS[lane] = atS + lastsS + between(random, PAUSE_S)
  }
  return {
    format: SCHEDULE_FORMAT,
    version: SCHEDULE_VERSION,
    title: `soak of ${minutes} minutes with seed ${seed}`,
    size,
    seed,
    load,
    durationS,
    events: [...safeguards(size), ...events],
  }
}

/** After a failover the servers change places once more. */
const SERVERS_REST_S = 12

/** A failover loses what no replica had: with synchronous replication, there is no such thing. */
function safeguards(size: ClusterSize): ScheduleEvent[] {
  if (postgresNodesFor(size).length === 1) return []
  return [{ atS: 0, do: 'set', name: 'synchronousReplication', value: 'any' }]
}

/** Draws everything once before anything twice, in random order. */
function createBag(random: Random, size: ClusterSize): (fits: (draw: Draw) => boolean) => Draw {
  const all: Draw[] = [
    ...catalogue.filter(({ example }) => example[size] !== null).map((fault) => ({ fault })),
    ...kills.map((kill) => ({ kill })),
  ]
  let bag: Draw[] = []
  return (fits) => {
    if (!bag.some(fits)) bag = [...bag, ...shuffled(random, all)]
    const index = bag.findIndex(fits)
    const [drawn] = bag.splice(index, 1)
    // Most of them concern no server.
    if (!drawn) throw new Error('nothing is left to draw')
    return drawn
  }
}

type Moment = { atS: number; forS: number; size: ClusterSize; random: Random; counts: Map<string, number> }

function eventOf(draw: Draw, { atS, forS, size, random, counts }: Moment): ScheduleEvent {
  if ('kill' in draw) return { atS, do: 'kill', node: victimOf(draw.kill, size, random) }
  const { fault } = draw
  const count = (counts.get(fault.id) ?? 0) + 1
  counts.set(fault.id, count)
  const { parameters = {}, ...where } = placeOf(fault, size, random)
  return {
    atS,
    do: 'inject',
    id: `${fault.id}-${count}`,
    fault: fault.id,
    ...where,
    parameters: { ...parametersOf(fault, random), ...(parameters as InjectEvent['parameters']) },
    forS,
    seed: Math.floor(random() * 0x1_0000_0000),
  }
}

/** The load generator remembers what customers were told; it is spared. */
function nodeIds(size: ClusterSize): string[] {
  return nodesFor(size).flatMap(({ id, kind }) => (kind === 'load' ? [] : [id]))
}

function victimOf(kill: (typeof kills)[number], size: ClusterSize, random: Random): string {
  const servers = postgresNodesFor(size).map(({ id }) => id)
  const ledgers = nodeIds(size).filter((id) => id.startsWith('ledger-'))
  return pick(random, { node: nodeIds(size), ledger: ledgers, database: servers }[kill])
}

function placeOf(fault: Fault, size: ClusterSize, random: Random): Injection {
  const example = fault.example[size]
  if (fault.id === 'silent-corruption') return { target: pick(random, PROVED) }
  if (example && random() < EXAMPLES) return example
  const places = fault.targets.flatMap((kind) => (isThere(kind, size) ? [placeOfKind(kind, size, random)] : []))
  return places.length === 0 ? (example ?? {}) : pick(random, places)
}

/** A region that is all there is, is none. */
function isThere(kind: TargetKind, size: ClusterSize): boolean {
  return regionsOf(size).length > 1 || (kind !== 'region' && kind !== 'regions')
}

function placeOfKind(kind: TargetKind, size: ClusterSize, random: Random): Injection {
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
      return { target: pick(random, postgresNodesFor(size)).id }
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
function parametersOf(fault: Fault, random: Random): InjectEvent['parameters'] {
  return Object.fromEntries(
    describeFault(fault).parameters.flatMap(({ name, schema, default: byDefault }) => {
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

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const rest = [...items]
  const result: T[] = []
  while (rest.length > 0) result.push(...rest.splice(Math.floor(random() * rest.length), 1))
  return result
}

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

function between(random: Random, [least, most]: readonly [number, number]): number {
  return least + random() * (most - least)
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10
}
