// The named points at which a fault may act, and what it may answer there. All of it is data: the kit carries it out.
// A fault decides from the event, its parameters and seeded randomness alone; it has no clock and does no I/O.
import type { Random } from './random.ts'

/** Bytes about to travel one way over a link; 0 for the opening of a connection. */
export type Segment = {
  bytes: number
  /** Milliseconds until what this fault sent before on this link has left. */
  busyForMs: number
}
export type SegmentVerdict = {
  /** Later by so much, beyond the link's own delay. */
  delayMs?: number
  /** Nothing else leaves for so long. */
  busyForMs?: number
  /** Resets the connection (RST) instead. */
  reset?: boolean
}

/** A name about to be looked up, for a connection yet to be opened. */
export type Lookup = { name: string }
export type LookupVerdict = { delayMs?: number; code?: 'ENOTFOUND' | 'EAI_AGAIN' }

/** A request that a node has received and not begun to serve. */
export type InboundRequest = {
  method: string
  path: string
  /** As its baggage tells it; `unknown` when it is made for nobody. */
  customerRegion: string
  /** Since the fault was injected. */
  sinceMs: number
}
export type InboundVerdict = {
  delayMs?: number
  /** Answers with this status, and the request is not served. */
  status?: number
  /** Serves it to its end, whether its caller still waits or not. */
  unstoppable?: boolean
}

/** What a node is told to offer, and since when the fault is active. */
export type Offered = { requestsPerSecond: number; sinceMs: number }
export type OfferedVerdict = {
  requestsPerSecond: number
  /** Decides again after so long; omitted when nothing changes any more. */
  forMs?: number
}

/** Settings that come with the fault and go with it: of calls of the target, by whomever, and of the target's own kind. */
export type BroughtPolicies = {
  /** A kind of node that stands for the target where the fault has none. */
  of?: string
  calls?: Readonly<Record<string, number | boolean | string>>
  kind?: Readonly<Record<string, number | boolean | string>>
}

/** A statement about to be sent to a database server. */
export type Statement = { text: string; server: string; pool: 'primary' | 'replica' }
export type StatementVerdict = {
  delayMs?: number
  /** The server fails it with this SQLSTATE and this message. */
  failure?: { sqlState: string; message: string }
  /** The server gets this instead, with the same parameters; its rows must have the columns of the original. */
  text?: string
  /** Each row that it returns is asked for again on its own, by its column `id`. */
  perRow?: boolean
}

/** A consumer about to ask a queue for messages. */
export type Fetch = { queue: string; limit: number }
export type FetchVerdict = {
  /** Asks only then. */
  delayMs?: number
  /** Takes no more than so many. */
  limit?: number
}

/** A message that a consumer was given. Its randomness is the message's own: each delivery of it draws the same. */
export type Delivery = { queue: string; redeliveries: number }
export type DeliveryVerdict = {
  /** The consumer gets it twice. */
  again?: boolean
  /** Its consumer cannot read it. */
  garbled?: boolean
}

/** A call to another node that has been answered. */
export type AnsweredCall = { callee: string; method: string; route: string; idempotent: boolean; status: number }
export type AnsweredCallVerdict = {
  /** The callee gets the request once more; that answer is thrown away. */
  again?: boolean
  /** One digit of the answer's body is another. */
  damaged?: boolean
}

/** What becomes of a node's caches. */
export type CacheVerdict = { expireEveryMs: number }

/** What is wrong with a node's telemetry. */
export type TelemetryVerdict = {
  /** Share of traces that are kept, decided when they begin. */
  keepRatio?: number
  /** Nothing that is to be sent finds a collector. */
  collectorGone?: boolean
  /** Probability that a request's trace context is not read. */
  contextLost?: number
}

/** What becomes of a database server; carried out by whoever runs it, for its clients cannot. */
export type ServerVerdict =
  /** A replica shows each commit only so long after it was made. */
  | { kind: 'delay-replay'; delayMs: number }
  /**
   * The primary is ended as by a crash; after so long a replica takes its place, and later the old one comes back as a replica. When the
   * fault ends the old one is the primary again, in an orderly way.
   */
  | { kind: 'fail-over'; detectedAfterMs: number; backAfterMs: number }
  /** The password of a role is not valid any more, and its sessions end. */
  | { kind: 'expire-password'; role: string }
  | { kind: 'none' }

/** What becomes of the sessions that a node is shown. */
export type SessionVerdict = {
  /** The key that they were signed with counts no more. */
  keyExpired: boolean
}

/** A request to be recorded under its route. */
export type RecordedRoute = { route: string; path: string }

/** The process of a node, when the fault reaches it. */
export type ProcessState = {
  /** This process was started after the fault had reached an earlier one of the node. */
  again: boolean
}
export type ProcessVerdict =
  | { kind: 'none' }
  /** SIGKILL by its own hand. */
  | { kind: 'kill'; afterMs: number }
  /** SIGSTOP until the fault ends. */
  | { kind: 'stop' }
  | { kind: 'burn'; threads: number }
  | { kind: 'block'; forMs: number; everyMs: number }
  | { kind: 'retain'; bytesPerS: number }
  | { kind: 'take-descriptors'; leave: number }
  /** Asks another kind of node for these paths in turn, past all that is measured of calls. */
  | { kind: 'flood'; callee: string; perS: number; paths: readonly string[] }

export type PoolVerdict = {
  /** Connections that are left; the others are taken and not given back. */
  leave: number
  /** For so long a connection is kept after its use. */
  holdMs: number
}

/** What a fault does, by the point at which it does it; most have one. */
export type Acts<P> = {
  /** network link: each chunk of bytes, one way */
  segment?: (event: Segment, parameters: P, random: Random) => SegmentVerdict
  /** network link: whether nothing at all gets through, one way */
  cut?: (parameters: P) => boolean
  /** network link: a name, before a connection is opened */
  lookup?: (event: Lookup, parameters: P, random: Random) => LookupVerdict
  /** network link: whether open connections are reset when the fault begins */
  resetsAtOnce?: (parameters: P) => boolean
  /** inbound request */
  inbound?: (event: InboundRequest, parameters: P, random: Random) => InboundVerdict
  /** database call */
  statement?: (event: Statement, parameters: P, random: Random) => StatementVerdict
  /** connection pool: how many connections are left to use, and for how long each is kept after its use */
  pool?: (parameters: P) => PoolVerdict
  /** offered load: of the nodes that make it */
  offered?: (event: Offered, parameters: P) => OfferedVerdict
  /** version: what the node says that it is a build of */
  version?: (parameters: P) => string
  /** policies: of the target and of its callers. One that is set while the fault is active goes before it. */
  policies?: (parameters: P) => BroughtPolicies
  /** queue: before a consumer asks for messages */
  fetch?: (event: Fetch, parameters: P, random: Random) => FetchVerdict
  /** queue: each message that a consumer is given */
  delivery?: (event: Delivery, parameters: P, random: Random) => DeliveryVerdict
  /** call between nodes: each attempt that was answered, at its caller */
  answered?: (event: AnsweredCall, parameters: P, random: Random) => AnsweredCallVerdict
  /** caches of a node */
  cache?: (parameters: P) => CacheVerdict
  /** telemetry of a node */
  telemetry?: (parameters: P) => TelemetryVerdict
  /** database server: once, when the fault reaches it, until it ends */
  server?: (parameters: P) => ServerVerdict
  /** sessions: of the nodes that verify them */
  session?: (parameters: P) => SessionVerdict
  /** metrics and spans of a request: the name that its route is recorded under */
  route?: (event: RecordedRoute, parameters: P, random: Random) => string
  /** clock: what the node's clock is off by, in ms */
  clock?: (parameters: P) => number
  /** process: once, when the fault reaches it */
  process?: (state: ProcessState, parameters: P, random: Random) => ProcessVerdict
}
