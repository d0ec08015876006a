// How far a replica is behind its primary, from what both say of their place in the log. Pure but for its own memory.
// Timestamps of the replica would not do: they stand still while the primary has nothing to write, and while the link is cut.

/** A place in PostgreSQL's log such as `0/3000148`, as a number of bytes. */
export function parsePosition(text: string): bigint {
  const [high = '', low = ''] = text.split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}

export type Lag = { seconds: number; bytes: number }

/** Positions that the replica has not reached; beyond this number every other one is forgotten. */
const MAX_PENDING = 600

export class ReplicationWatch {
  #newest: bigint | undefined
  #pending: { position: bigint; atMs: number }[] = []

  /** The primary was at `position` at `nowMs`, or before. */
  notePrimary(position: bigint, nowMs: number): void {
    // A failover may take the log back to where an older primary was not.
    if (this.#newest !== undefined && position < this.#newest) this.#pending = []
    if (position !== this.#newest) this.#pending.push({ position, atMs: nowMs })
    if (this.#pending.length > MAX_PENDING) this.#pending = this.#pending.filter((_, index) => index % 2 === 0)
    this.#newest = position
  }

  /**
   * The lag of a replica that has replayed up to `position` at `nowMs`; undefined before the primary has said anything.
   * `seconds` is a lower bound: since when, at least, the primary has held something that the replica has not.
   */
  noteReplica(position: bigint, nowMs: number): Lag | undefined {
    if (this.#newest === undefined) return undefined
    this.#pending = this.#pending.filter((pending) => pending.position > position)
    const [oldest] = this.#pending
    return {
      seconds: oldest === undefined ? 0 : Math.max(0, nowMs - oldest.atMs) / 1_000,
      bytes: position < this.#newest ? Number(this.#newest - position) : 0,
    }
  }
}
