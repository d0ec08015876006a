// What a search asks for, whichever API it came through.

export interface TraceQuery {
  service: string | null
  operation: string | null
  /** Each must hold on one and the same span. */
  tags: ReadonlyMap<string, string>
  /** Start of the matching span, inclusive at both ends, nanoseconds since the epoch. */
  startMinNs: bigint
  startMaxNs: bigint
  /** Duration of the matching span, inclusive, nanoseconds. */
  minDurationNs: bigint | null
  maxDurationNs: bigint | null
  limit: number
}
