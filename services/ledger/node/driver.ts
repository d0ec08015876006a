// Runs the Raft core: hands it time, messages and proposals, and does what its Readys ask, in the order that raft/api.ts demands.
// Syncs are grouped: while one is under way, what comes in the meantime waits for the next one together.
import type { Raft, Ready, SoftState } from '../raft/api.ts'
import type { Entry, Message, Snapshot } from '../raft/messages.ts'
import type { LogPart } from '../storage/log-store.ts'

export type DriverDeps = {
  raft: Raft
  log: { append(parts: readonly LogPart[]): Promise<void> }
  send(messages: readonly Message[]): void
  apply(entries: readonly Entry[]): void
  onSoftState(state: SoftState): void
  onRead(context: string, index: number | null): void
  /** Fetches, stores and loads a snapshot's content. */
  install(snapshot: Snapshot, from: string): Promise<void>
  /** Everything that was asked for is done or on its way. */
  onSettled(): void
  /** The node must not go on. */
  onFailure(error: unknown): void
}

export class Driver {
  readonly #deps: DriverDeps
  readonly #unsynced: Ready[] = []
  #syncing = false
  #pumping = false
  #stopped = false
  #waiting: (() => void)[] = []

  constructor(deps: DriverDeps) {
    this.#deps = deps
  }

  /** Whether something is on its way to the disk. */
  get isSyncing(): boolean {
    return this.#syncing
  }

  /** Gives the core something and does what follows from it. Inert once stopped. */
  input<T>(give: (raft: Raft) => T): T {
    const result = give(this.#deps.raft)
    this.#pump()
    return result
  }

  /** Resolves when everything that the core has asked for so far is synced, and its answers are sent. */
  synced(): Promise<void> {
    if (this.#unsynced.length === 0 && !this.#syncing) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  stop(): void {
    this.#stopped = true
  }

  #pump(): void {
    if (this.#pumping || this.#stopped) return
    this.#pumping = true
    try {
      for (let ready = this.#deps.raft.ready(); ready; ready = this.#deps.raft.ready()) this.#begin(ready)
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#pumping = false
    }
    if (!this.#stopped) this.#deps.onSettled()
  }

  #begin(ready: Ready): void {
    const { send, apply, onSoftState, onRead } = this.#deps
    if (ready.softState) onSoftState(ready.softState)
    send(ready.messages)
    if (ready.committed.length > 0) apply(ready.committed)
    for (const { context, index } of ready.reads) onRead(context, index)
    if (ready.snapshot) this.#install(ready.snapshot)
    this.#unsynced.push(ready)
    if (this.#syncing) return
    // Without anything to sync there is nothing to wait for.
    if (this.#unsynced.every((waiting) => partsOf(waiting).length === 0)) this.#finish(this.#unsynced.splice(0))
    else void this.#sync()
  }

  async #sync(): Promise<void> {
    this.#syncing = true
    try {
      while (this.#unsynced.length > 0 && !this.#stopped) {
        // What this turn of the event loop still brings shares the sync.
        await Promise.resolve()
        const group = this.#unsynced.splice(0)
        const parts = group.flatMap(partsOf)
        const waiting = this.#waiting.splice(0)
        if (parts.length > 0) await this.#deps.log.append(parts)
        if (this.#stopped) return
        this.#finish(group)
        for (const resolve of waiting) resolve()
        this.#pump()
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#syncing = false
      if (this.#unsynced.length === 0) for (const resolve of this.#waiting.splice(0)) resolve()
    }
    this.#pump()
  }

  #finish(group: readonly Ready[]): void {
    for (const ready of group) {
      this.#deps.send(ready.messagesAfterSync)
      this.#deps.raft.advance(ready)
    }
  }

  #install({ snapshot, from }: NonNullable<Ready['snapshot']>): void {
    this.#deps
      .install(snapshot, from)
      .then(
        () => true,
        () => false,
      )
      .then((isInstalled) => {
        if (this.#stopped) return
        this.input((raft) => (isInstalled ? raft.snapshotInstalled(snapshot) : raft.snapshotFailed(snapshot)))
      })
      .catch((error: unknown) => this.#fail(error))
  }

  #fail(error: unknown): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#deps.onFailure(error)
  }
}

function partsOf({ hardState, entries }: Ready): LogPart[] {
  if (!hardState && entries.length === 0) return []
  return [{ ...(hardState ? { hardState } : {}), ...(entries.length > 0 ? { entries: [...entries] } : {}) }]
}
