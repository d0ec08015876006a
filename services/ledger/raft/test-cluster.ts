// For tests: servers whose disks are instantaneous and whose messages go where the test lets them, at once.
import type { RaftConfig, ReadState, Restored } from './api.ts'
import type { Entry, Membership, Message, MessageOf, NodeId } from './messages.ts'
import { createRaft } from './raft.ts'

export const ELECTION_TICKS = 10

export function restored(membership: Membership, log: readonly Entry[] = [], currentTerm = 0): Restored {
  return {
    hardState: { currentTerm, votedFor: null },
    snapshot: { lastIncludedIndex: 0, lastIncludedTerm: 0, membership },
    entries: log,
    appliedIndex: 0,
  }
}

export function raftConfig(id: NodeId, from: Restored, changes: Partial<RaftConfig> = {}): RaftConfig {
  return {
    id,
    restored: from,
    heartbeatTicks: 1,
    electionTicks: ELECTION_TICKS,
    jitterTicks: () => 0,
    maxAppendSize: 10_000,
    maxInflight: 8,
    maxUncommittedSize: 10_000,
    maxPendingReads: 10,
    ...changes,
  }
}

/** A log of data entries: `logOf(1, 1, 4)` has two entries of term 1 and one of term 4. */
export function logOf(...terms: number[]): Entry[] {
  return terms.map((term, at) => ({ kind: 'data', index: at + 1, term, data: `${at + 1} of ${term}` }))
}

export class TestServer {
  readonly id: NodeId
  readonly raft: ReturnType<typeof createRaft>
  /** As stored. */
  log: Entry[]
  readonly applied: Entry[] = []
  readonly reads: ReadState[] = []
  #sent: Message[] = []

  constructor(config: RaftConfig) {
    this.id = config.id
    this.raft = createRaft(config)
    this.log = [...config.restored.entries]
  }

  get terms(): number[] {
    return this.log.map(({ term }) => term)
  }

  /** Carries out all that the core asks for, and returns what it sends. */
  work(): Message[] {
    for (let ready = this.raft.ready(); ready; ready = this.raft.ready()) {
      const [first] = ready.entries
      if (first) this.log = [...this.log.filter(({ index }) => index < first.index), ...ready.entries]
      this.#sent.push(...ready.messages, ...ready.messagesAfterSync)
      this.applied.push(...ready.committed)
      this.reads.push(...ready.reads)
      this.raft.advance(ready)
    }
    const sent = this.#sent
    this.#sent = []
    return sent
  }

  tick(times = 1): Message[] {
    for (let left = times; left > 0; left--) this.raft.tick()
    return this.work()
  }

  step(message: Message): Message[] {
    this.raft.step(message)
    return this.work()
  }
}

export class TestCluster {
  readonly servers: Map<NodeId, TestServer>
  /** Which messages arrive. */
  passes: (message: Message) => boolean = () => true

  constructor(configs: RaftConfig[]) {
    this.servers = new Map(configs.map((config) => [config.id, new TestServer(config)]))
  }

  server(id: NodeId): TestServer {
    const server = this.servers.get(id)
    if (!server) throw new Error(`no server ${id}`)
    return server
  }

  /** Delivers these and all that follow from them. Throws when that does not end. */
  deliver(messages: Message[]): void {
    const queue = [...messages]
    for (let left = 10_000; queue.length > 0; left--) {
      if (left === 0) throw new Error('they do not stop talking')
      const message = queue.shift()
      if (message && this.passes(message)) queue.push(...(this.servers.get(message.to)?.step(message) ?? []))
    }
  }

  tick(id: NodeId, times = 1): void {
    for (let left = times; left > 0; left--) this.deliver(this.server(id).tick())
  }

  /** Only this one's time passes until it campaigns; the others have not heard of a leader for as long. */
  elect(id: NodeId): void {
    for (const server of this.servers.values()) {
      if (server.id !== id && server.raft.status().role !== 'leader') server.raft.tick()
    }
    for (let left = 3 * ELECTION_TICKS; left > 0 && this.server(id).raft.status().role !== 'leader'; left--)
      this.tick(id)
  }

  propose(id: NodeId, data: string): void {
    const server = this.server(id)
    const result = server.raft.propose(data)
    if (result.kind !== 'appended') throw new Error(`refused: ${result.reason}`)
    this.deliver(server.work())
  }
}

/** Only from and to these, among themselves. */
export function only(...ids: NodeId[]): (message: Message) => boolean {
  return ({ from, to }) => ids.includes(from) && ids.includes(to)
}

export function ofKind<Kind extends Message['kind']>(messages: Message[], kind: Kind): MessageOf<Kind>[] {
  return messages.filter((message): message is MessageOf<Kind> => message.kind === kind)
}
