// A disk that forgets: what was written is lost in a crash of the machine, from some point on, unless it was synced.

import { entriesAfter } from '../raft/log.ts'
import type { Entry, HardState, Membership, Snapshot } from '../raft/messages.ts'
import type { Random } from './random.ts'
import { StateMachine } from './state-machine.ts'
import { Violation } from './violation.ts'

export type Stored = { hardState: HardState; snapshot: Snapshot; content: StateMachine; log: Entry[] }

export type Write =
  | { kind: 'log'; hardState: HardState | null; entries: readonly Entry[] }
  /** A snapshot of its own; the log from `keepFrom` on stays. */
  | { kind: 'compact'; snapshot: Snapshot; content: StateMachine; keepFrom: number }
  /** Another's snapshot; of the log stays what continues it. */
  | { kind: 'install'; snapshot: Snapshot; content: StateMachine }
  | { kind: 'drop-log' }

export class Disk {
  /** As a process that did not crash sees it. */
  #written: Stored
  #synced: Stored
  #pending: Write[] = []

  constructor(members: Membership) {
    this.#written = emptyDisk(members)
    this.#synced = emptyDisk(members)
  }

  get contents(): Stored {
    return this.#written
  }

  get unsynced(): number {
    return this.#pending.length
  }

  write(write: Write): void {
    apply(this.#written, write)
    this.#pending.push(write)
  }

  /** The oldest `count` writes are safe. */
  sync(count: number): void {
    for (const write of this.#pending.splice(0, count)) apply(this.#synced, write)
  }

  /** Of the process: nothing is lost. */
  survive(): void {
    this.sync(this.#pending.length)
  }

  /** Of the machine: some of the writes since the last sync had reached the disk, the last of them in part. */
  lose(random: Random): void {
    this.sync(random.between(0, this.#pending.length))
    const [torn] = this.#pending
    if (torn?.kind === 'log' && torn.entries.length > 0 && random.chance(0.5)) {
      apply(this.#synced, { ...torn, entries: torn.entries.slice(0, random.between(0, torn.entries.length)) })
    }
    this.#pending = []
    this.#written = { ...this.#synced, log: [...this.#synced.log] }
  }

  /** Drops what does not continue the snapshot, as storage does on start. */
  recover(): Stored {
    for (const stored of [this.#written, this.#synced]) stored.log = entriesAfter(stored.snapshot, stored.log)
    return this.#written
  }
}

function emptyDisk(membership: Membership): Stored {
  return {
    hardState: { currentTerm: 0, votedFor: null },
    snapshot: { lastIncludedIndex: 0, lastIncludedTerm: 0, membership },
    content: new StateMachine(),
    log: [],
  }
}

function apply(stored: Stored, write: Write): void {
  switch (write.kind) {
    case 'drop-log':
      stored.log = []
      break
    case 'install':
      stored.snapshot = write.snapshot
      stored.content = write.content
      stored.log = entriesAfter(write.snapshot, stored.log)
      break
    case 'compact':
      stored.snapshot = write.snapshot
      stored.content = write.content
      dropBefore(stored.log, write.keepFrom)
      break
    case 'log':
      stored.hardState = write.hardState ?? stored.hardState
      overwrite(stored.log, write.entries)
  }
}

function dropBefore(log: Entry[], index: number): void {
  const first = log[0]?.index ?? index
  if (first < index) log.splice(0, index - first)
}

function overwrite(log: Entry[], entries: readonly Entry[]): void {
  const [first] = entries
  if (!first) return
  const keep = Math.max(0, first.index - (log[0]?.index ?? first.index))
  if (keep > log.length) throw new Violation('assertion', `entry ${first.index} leaves a gap in the stored log`)
  log.length = keep
  for (const entry of entries) log.push(entry)
}
