// What goes wrong during a schedule, one fault a function: each begins at once and undoes itself after a while.
import type { MembershipChange } from '../raft/api.ts'
import type { NodeId } from '../raft/messages.ts'
import type { FaultKind } from './climate.ts'
import type { SimulatedServer } from './simulated-server.ts'
import type { World } from './world.ts'

export type Stage = { world: World; servers: Map<NodeId, SimulatedServer>; join: (id: NodeId) => void }

const faults = {
  crash: (stage) => crash(stage, [pickServer(stage)]),
  'power-loss': (stage) => crash(stage, [...stage.servers.values()]),
  'crash-leader': (stage) => {
    const leader = leaderOf(stage)
    if (leader) crash(stage, [leader])
  },
  partition: (stage) => {
    const ids = [...stage.servers.keys()]
    const group = new Set(ids.filter(() => stage.world.random.chance(0.5)))
    cut(
      stage,
      directionsBetween(ids, (from, to) => group.has(from) !== group.has(to)),
    )
  },
  isolate: (stage) => {
    const { id } = leaderOf(stage) ?? pickServer(stage)
    cut(
      stage,
      directionsBetween([...stage.servers.keys()], (from, to) => from === id || to === id),
    )
  },
  'one-way': (stage) => {
    const { random } = stage.world
    const { id } = random.chance(0.5) ? (leaderOf(stage) ?? pickServer(stage)) : pickServer(stage)
    const isOutward = random.chance(0.5)
    const share = random.pick([0.5, 1])
    const isCut = (from: NodeId, to: NodeId) => (isOutward ? from : to) === id && random.chance(share)
    cut(stage, directionsBetween([...stage.servers.keys()], isCut))
  },
  freeze: (stage) => {
    const { random, climate } = stage.world
    const server = random.chance(0.5) ? (leaderOf(stage) ?? pickServer(stage)) : pickServer(stage)
    if (server.isUp) server.freeze(random.exponential(climate.faultDuration))
  },
  'stop-clock': (stage) => {
    const server = leaderOf(stage) ?? pickServer(stage)
    server.isClockStopped = true
    later(stage, () => {
      server.isClockStopped = false
    })
  },
  'slow-disk': (stage) => {
    const server = pickServer(stage)
    server.syncSlowdown = 200
    later(stage, () => {
      server.syncSlowdown = 0
    })
  },
  transfer: (stage) => leaderOf(stage)?.transfer(stage.world.random.pick([...stage.servers.keys()])),
  membership: (stage) => changeMembership(stage),
} satisfies Record<FaultKind, (stage: Stage) => void>

export function inject(kind: FaultKind, stage: Stage): void {
  faults[kind](stage)
}

/** Of those that think so, the one of the latest term. */
export function leaderOf({ servers }: Pick<Stage, 'servers'>): SimulatedServer | undefined {
  let found: { server: SimulatedServer; term: number } | undefined
  for (const server of servers.values()) {
    const status = server.status()
    if (status?.role === 'leader' && status.currentTerm > (found?.term ?? 0))
      found = { server, term: status.currentTerm }
  }
  return found?.server
}

function pickServer({ world, servers }: Stage): SimulatedServer {
  return world.random.pick([...servers.values()])
}

function crash(stage: Stage, servers: SimulatedServer[]): void {
  const { random, climate } = stage.world
  const losesUnsynced = random.chance(climate.lossyCrashChance)
  for (const server of servers) {
    if (!server.isUp) continue
    server.crash(losesUnsynced)
    const restart = () => {
      if (!server.isUp) server.start()
    }
    // So soon that nobody has noticed, now and then.
    if (random.chance(0.3)) stage.world.queue.after(random.between(1, 10), restart)
    else later(stage, restart)
  }
}

function cut(stage: Stage, directions: [NodeId, NodeId][]): void {
  const { network, queue, record } = stage.world
  if (directions.length === 0) return
  record?.({ at: queue.now, kind: 'note', text: `cut: ${directions.map(([from, to]) => `${from}→${to}`).join(' ')}` })
  network.cut(directions)
  later(stage, () => {
    record?.({
      at: queue.now,
      kind: 'note',
      text: `mended: ${directions.map(([from, to]) => `${from}→${to}`).join(' ')}`,
    })
    network.mend(directions)
  })
}

function directionsBetween(ids: NodeId[], isCut: (from: NodeId, to: NodeId) => boolean): [NodeId, NodeId][] {
  return ids.flatMap((from) =>
    ids.filter((to) => from !== to && isCut(from, to)).map((to): [NodeId, NodeId] => [from, to]),
  )
}

/** Of any that thinks it leads, one or several at once: it may accept or refuse them. */
function changeMembership(stage: Stage): void {
  const { random } = stage.world
  const leaders = [...stage.servers.values()].filter((server) => server.status()?.role === 'leader')
  if (leaders.length === 0) return
  const leader = random.pick(leaders)
  for (let left = random.pick([1, 1, 3]); left > 0; left--) changeOnce(stage, leader)
}

function changeOnce(stage: Stage, leader: SimulatedServer): void {
  const { random, climate } = stage.world
  const membership = leader.status()?.membership
  if (!membership) return
  const everybody = [...climate.servers, ...climate.spares]
  const changes: MembershipChange[] = [
    ...everybody
      .filter((id) => !membership.voters.includes(id) && !membership.learners.includes(id))
      .map((id): MembershipChange => ({ kind: 'add-learner', id })),
    ...membership.learners.map((id): MembershipChange => ({ kind: 'promote', id })),
    ...[...membership.voters, ...membership.learners].map((id): MembershipChange => ({ kind: 'remove', id })),
  ]
  const change = random.pick(changes)
  if (change.kind === 'add-learner') stage.join(change.id)
  leader.change(change)
}

function later({ world }: Stage, undo: () => void): void {
  world.queue.after(world.random.exponential(world.climate.faultDuration), undo)
}
