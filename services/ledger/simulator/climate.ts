// What a schedule is like: drawn once from its seed. Each kind of fault is there or not (swarm testing), for a schedule in which everything goes
// wrong all the time never gets as far as what only goes wrong after a while. Times are in units, a tick of an exact clock being 10.
import type { NodeId } from '../raft/messages.ts'
import type { Random } from './random.ts'

export const UNITS_PER_TICK = 10

export type FaultKind =
  | 'crash'
  | 'power-loss'
  | 'crash-leader'
  | 'partition'
  | 'isolate'
  | 'one-way'
  | 'freeze'
  | 'stop-clock'
  | 'slow-disk'
  | 'transfer'
  | 'membership'

export type Climate = {
  /** The cluster at its start. */
  servers: NodeId[]
  /** May join later. */
  spares: NodeId[]
  /** Until faults end. */
  duration: number
  /** Of a message, one way; now and then it takes up to `lateBy` more, and overtakes or is overtaken. */
  delay: { min: number; max: number; lateChance: number; lateBy: number }
  lossChance: number
  duplicateChance: number
  syncDelay: { min: number; max: number }
  /** Each clock is that much slower or faster at most. */
  drift: number
  faults: FaultKind[]
  faultGap: number
  faultDuration: number
  /** How likely a server crashes soon after it was elected, and how soon, while `crash-leader` is among the faults. */
  harried: { chance: number; within: number }
  /** Of election timeouts; little of it makes rivals. */
  jitterTicks: number
  /** Of crashes, those that lose what was not synced. */
  lossyCrashChance: number
  clients: number
  thinkTime: number
  readChance: number
  /** Applied entries from one snapshot to the next, and how many of them stay in the log. */
  snapshotEvery: number
  keepEntries: number
  /** The state machine keeps what it applied through a crash. */
  durableMachine: boolean
  maxAppendSize: number
  maxInflight: number
  heartbeatTicks: number
}

const faultKinds: FaultKind[] = [
  'crash',
  'power-loss',
  'crash-leader',
  'partition',
  'isolate',
  'one-way',
  'freeze',
  'stop-clock',
  'slow-disk',
  'transfer',
  'membership',
]

/** What it takes to get far into the paper's more unlikely stories; a third of the schedules is drawn freely. */
const themes: ((random: Random) => Partial<Climate>)[] = [
  () => ({}),
  // Leaders that crash with entries half replicated, one after another (figure 8), and voters that crash amid an election.
  (random) => ({
    faults: ['crash-leader'],
    faultGap: 2000,
    faultDuration: random.pick([30, 100]),
    harried: { chance: 0.9, within: random.pick([10, 30, 60]) },
    jitterTicks: random.pick([1, 3, 9]),
    maxAppendSize: 1,
    maxInflight: 1,
    drift: 0.1,
  }),
  // Leaders that do not notice that they were deposed.
  (random) => ({
    faults: ['isolate', 'one-way', 'stop-clock', 'freeze'],
    faultGap: 60,
    faultDuration: 300,
    lossChance: 0,
    drift: random.pick([0.4, 0.7]),
    thinkTime: 1,
    clients: 6,
    readChance: 0.5,
  }),
]

export function drawClimate(random: Random): Climate {
  return { ...drawFreely(random), ...random.pick(themes)(random) }
}

function drawFreely(random: Random): Climate {
  const size = random.pick([1, 2, 3, 3, 3, 3, 3, 4, 4, 5, 5, 5])
  const slowest = random.pick([4, 10, 30])
  return {
    servers: Array.from({ length: size }, (_, index) => `n${index + 1}`),
    spares: [`n${size + 1}`, `n${size + 2}`],
    duration: random.pick([2000, 4000, 8000]),
    delay: { min: 1, max: slowest, lateChance: random.pick([0, 0.02, 0.1]), lateBy: random.pick([50, 300, 1500]) },
    lossChance: random.pick([0, 0, 0.02, 0.1, 0.25]),
    duplicateChance: random.pick([0, 0, 0.05, 0.2]),
    syncDelay: { min: 0, max: random.pick([0, 2, 10, 40]) },
    drift: random.pick([0, 0.1, 0.4, 0.7]),
    faults: faultKinds.filter(() => random.chance(0.5)),
    faultGap: random.pick([30, 80, 250]),
    faultDuration: random.pick([15, 80, 300]),
    harried: { chance: random.pick([0, 0.5, 0.9]), within: random.pick([20, 60]) },
    jitterTicks: random.pick([2, 9, 9]),
    lossyCrashChance: random.pick([0, 0.5, 1]),
    clients: random.between(2, 6),
    thinkTime: random.pick([1, 10, 30]),
    readChance: random.pick([0.1, 0.4, 0.7]),
    snapshotEvery: random.pick([5, 20, 1000]),
    keepEntries: random.pick([0, 3]),
    durableMachine: random.chance(0.3),
    maxAppendSize: random.pick([1, 1, 150, 5000]),
    maxInflight: random.pick([1, 3, 16]),
    heartbeatTicks: random.pick([1, 3]),
  }
}
