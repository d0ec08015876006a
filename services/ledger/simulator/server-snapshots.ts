// A server's snapshots: taken of its own state machine to compact its log, or fetched from another server. It may crash anywhere between.
import type { Raft, Ready } from '../raft/api.ts'
import type { NodeId, Snapshot } from '../raft/messages.ts'
import type { Service } from './service.ts'
import type { StateMachine } from './state-machine.ts'
import type { World } from './world.ts'
import type { WriteQueue } from './write-queue.ts'

/** Asks another server for the content of its snapshot; undefined when it cannot be had. */
export type FetchSnapshot = (by: NodeId, from: NodeId, snapshot: Snapshot) => StateMachine | undefined

export type ServerSnapshotsDeps = {
  id: NodeId
  world: World
  writes: WriteQueue
  service: Service
  fetch: FetchSnapshot
  /** Does it after a delay, unless the process ends before. */
  later(delay: number, todo: () => void): void
  say(text: () => string): void
}

export class ServerSnapshots {
  readonly #deps: ServerSnapshotsDeps
  #isUnderWay = false

  constructor(deps: ServerSnapshotsDeps) {
    this.#deps = deps
  }

  /** Takes one when enough was applied since the last. */
  take(raft: Raft): void {
    const { world, writes, service, say } = this.#deps
    const { snapshotEvery, keepEntries } = world.climate
    const { appliedIndex } = service.machine
    if (this.#isUnderWay || appliedIndex - writes.disk.contents.snapshot.lastIncludedIndex < snapshotEvery) return
    this.#isUnderWay = true
    const snapshot = raft.describeSnapshot(appliedIndex)
    say(() => `takes a snapshot at ${appliedIndex}`)
    const keepFrom = appliedIndex + 1 - keepEntries
    writes.write({ kind: 'compact', snapshot, content: service.machine.copy(), keepFrom }, () => {
      this.#isUnderWay = false
      raft.compact(snapshot, keepEntries)
    })
  }

  /** Over the network, to disk, and only then into the core. */
  install(raft: Raft, { snapshot, from }: NonNullable<Ready['snapshot']>): void {
    const { id, world, writes, fetch, later, say } = this.#deps
    later(world.network.delay() + world.network.delay(), () => {
      const content = fetch(id, from, snapshot)
      if (!content) {
        raft.snapshotFailed(snapshot)
        return
      }
      say(() => `has fetched the snapshot at ${snapshot.lastIncludedIndex}`)
      // Earlier Readys are synced with it, so that they are advanced first.
      writes.write({ kind: 'install', snapshot, content }, () => this.#installed(raft, snapshot, content))
    })
  }

  /** Its content, if the last one on the disk is the one that is asked for. */
  content({ lastIncludedIndex, lastIncludedTerm }: Snapshot): StateMachine | undefined {
    const { snapshot, content } = this.#deps.writes.disk.contents
    const isIt = snapshot.lastIncludedIndex === lastIncludedIndex && snapshot.lastIncludedTerm === lastIncludedTerm
    return isIt ? content : undefined
  }

  /** The process ended. */
  clear(): void {
    this.#isUnderWay = false
  }

  #installed(raft: Raft, snapshot: Snapshot, content: StateMachine): void {
    const { writes, service } = this.#deps
    if (!raft.snapshotInstalled(snapshot)) writes.write({ kind: 'drop-log' }, () => {})
    if (content.appliedIndex > service.machine.appliedIndex) service.machine = content.copy()
  }
}
