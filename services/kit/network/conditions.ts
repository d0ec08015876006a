// What is wrong with a link at present, as its sockets see it. Who makes it so is decided elsewhere (kit/faults).

/** What becomes of bytes that are about to travel. */
export type Fate = {
  /** Beyond the link's own delay. */
  delayMs: number
  /** The connection is reset instead. */
  reset: boolean
}

/** One direction. */
export type Conditions = {
  /** Nothing gets through; what is in flight arrives when this is over. */
  readonly cut: boolean
  /** Asked once for each chunk, and with 0 bytes for the opening of a connection and for its end. */
  fate(bytes: number): Fate
}

export type LinkConditions = {
  outbound: Conditions | undefined
  inbound: Conditions | undefined
  /** The name's lookup before a connection is opened. */
  lookup: (() => { delayMs: number; error: Error | undefined }) | undefined
  /** Connections that are idle are to be opened anew. */
  refreshes: boolean
}

export const goodConditions: LinkConditions = {
  outbound: undefined,
  inbound: undefined,
  lookup: undefined,
  refreshes: false,
}

export const goodFate: Fate = { delayMs: 0, reset: false }
