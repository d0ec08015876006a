// What a soak does: faults drawn at random from the whole catalogue, up to three at once. Pure: the same seed, the same plan.
// It is a schedule, so that `faultline replay` can play it. Nothing of it switches off what keeps the shop's promises.
import { type ClusterSize, postgresNodesFor } from '../../cluster/topology/nodes.ts'
import { catalogue } from '../../faults/catalogue.ts'
import type { Fault } from '../../faults/fault.ts'
import { createRandom, type Random, seedFor } from '../../faults/random.ts'
import {
  type InjectEvent,
  SCHEDULE_FORMAT,
  SCHEDULE_VERSION,
  type Schedule,
  type ScheduleEvent,
} from '../../faults/schedules/schedule.ts'
import { type Kill, kills, parametersOf, placeOf, victimOf } from './draw.ts'

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
type Draw = { fault: Fault } | { kill: Kill }

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

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const rest = [...items]
  const result: T[] = []
  while (rest.length > 0) result.push(...rest.splice(Math.floor(random() * rest.length), 1))
  return result
}

function between(random: Random, [least, most]: readonly [number, number]): number {
  return least + random() * (most - least)
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10
}
