// What servers store and say to each other, by the terms of the Raft paper (Ongaro and Ousterhout 2014, figure 2). All of it goes over JSON
// as it is. An entry's data is opaque text: the core counts its characters for flow control and never looks inside.
import { z } from 'zod'

/**
 * A server's name lives and dies with its disk: one that lost its disk may have voted and acknowledged what it no longer knows of, so it
 * must come back under a new name, as a learner, and its old name be removed.
 */
const nodeId = z.string().min(1).max(120)
/** Terms and indexes start at 1; 0 is "none yet". */
const term = z.int().min(0)
const index = z.int().min(0)

/** Voters decide elections and commits. Learners only receive the log, until they have caught up and are promoted. */
export const membershipSchema = z.object({ voters: z.array(nodeId).max(15), learners: z.array(nodeId).max(15) })

export const entrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('data'), term, index, data: z.string() }),
  /** A leader's first entry: it commits what earlier leaders left (§8). */
  z.object({ kind: z.literal('no-op'), term, index }),
  /** In force from the moment it is in a server's log, committed or not (dissertation §4.1). */
  z.object({ kind: z.literal('membership'), term, index, membership: membershipSchema }),
])

/** What a server must not forget, besides its log: written and synced before anything that follows from it is said. */
export const hardStateSchema = z.object({ currentTerm: term, votedFor: nodeId.nullable() })

/** Stands for the log up to `lastIncludedIndex`; what it holds of the state machine is stored, and carried, by the caller. */
export const snapshotSchema = z.object({
  lastIncludedIndex: index,
  lastIncludedTerm: term,
  /** As of that index. */
  membership: membershipSchema,
})

/** On every message: `term` is its sender's current term. */
const envelope = { from: nodeId, to: nodeId, term }
const lastLog = { lastLogIndex: index, lastLogTerm: term }
/** Of a leader's broadcasts, counted within its term. Whoever echoes it took the sender for the leader after it began that round. */
const round = z.int().min(0)

export const messageSchema = z.discriminatedUnion('kind', [
  /** Would you vote for me in term + 1? Changes nothing at the receiver (dissertation §9.6). */
  z.object({ kind: z.literal('PreVote'), ...envelope, ...lastLog }),
  /** `requestTerm` is the PreVote's. */
  z.object({ kind: z.literal('PreVoteResponse'), ...envelope, requestTerm: term, voteGranted: z.boolean() }),
  /** `leadershipTransfer`: the leader itself asked for this election, so that followers need not defend it. */
  z.object({ kind: z.literal('RequestVote'), ...envelope, ...lastLog, leadershipTransfer: z.boolean() }),
  z.object({ kind: z.literal('RequestVoteResponse'), ...envelope, voteGranted: z.boolean() }),
  /** Without entries: a heartbeat, or a probe of the follower's log. */
  z.object({
    kind: z.literal('AppendEntries'),
    ...envelope,
    prevLogIndex: index,
    prevLogTerm: term,
    entries: z.array(entrySchema),
    leaderCommit: index,
    round,
  }),
  z.object({
    kind: z.literal('AppendEntriesResponse'),
    ...envelope,
    /** The request's, or 0 when its sender was not recognized as leader. */
    round,
    result: z.discriminatedUnion('success', [
      /** Stored durably and equal to the leader's log up to here. */
      z.object({ success: z.literal(true), matchIndex: index }),
      /** No agreement at `prevLogIndex`. The follower's last entry that may still agree: not after it in index, nor in term. */
      z.object({ success: z.literal(false), prevLogIndex: index, conflictIndex: index, conflictTerm: term }),
    ]),
  }),
  /** The follower's caller fetches the content itself, from the sender. */
  z.object({ kind: z.literal('InstallSnapshot'), ...envelope, snapshot: snapshotSchema }),
  /** The receiver holds everything up to this index. */
  z.object({ kind: z.literal('InstallSnapshotResponse'), ...envelope, lastIncludedIndex: index }),
  /** To the server that shall lead next: start an election at once (dissertation §3.10). */
  z.object({ kind: z.literal('TimeoutNow'), ...envelope }),
  /** A follower's question for its own linearizable read (dissertation §6.4). `context` is opaque. */
  z.object({ kind: z.literal('ReadIndex'), ...envelope, context: z.string().max(200) }),
  /** Read once this index is applied; null: not the leader, or too many reads wait. */
  z.object({
    kind: z.literal('ReadIndexResponse'),
    ...envelope,
    context: z.string().max(200),
    readIndex: index.nullable(),
  }),
])

export type NodeId = z.infer<typeof nodeId>
export type Membership = z.infer<typeof membershipSchema>
export type Entry = z.infer<typeof entrySchema>
export type HardState = z.infer<typeof hardStateSchema>
export type Snapshot = z.infer<typeof snapshotSchema>
export type Message = z.infer<typeof messageSchema>
/** `MessageOf<'AppendEntries'>` */
export type MessageOf<Kind extends Message['kind']> = Extract<Message, { kind: Kind }>
