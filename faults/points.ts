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
export type InboundRequest = { method: string; path: string }
export type InboundVerdict = {
  delayMs?: number
  /** Answers with this status, and the request is not served. */
  status?: number
}

/** A statement about to be sent to a database server. */
export type Statement = { text: string; server: string; pool: 'primary' | 'replica' }
export type StatementVerdict = {
  delayMs?: number
  /** The server fails it with this SQLSTATE and this message. */
  failure?: { sqlState: string; message: string }
}

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
  /** clock: what the node's clock is off by, in ms */
  clock?: (parameters: P) => number
  /** process: once, when the fault reaches it */
  process?: (state: ProcessState, parameters: P, random: Random) => ProcessVerdict
}
