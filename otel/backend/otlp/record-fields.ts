// Reads the fields of records into rows of 32-bit words, and says of which wire types the others must be.
import type { ProtoReader } from './proto-reader.ts'

/** Wire types of the fields that a message knows, by number. */
export type Wires = readonly (number | undefined)[]

/** The highest field number of the messages here. */
const MAX_FIELD = 16

export function wiresOf(fields: Record<number, number>): Wires {
  return Array.from({ length: MAX_FIELD + 1 }, (_, field) => fields[field])
}

/** Reads an id of `length` bytes as big-endian words and returns the length that it has; another length is not read. */
export function readId(r: ProtoReader, rows: Uint32Array, at: number, length: number): number {
  const end = r.range()
  const actual = end - r.pos
  if (actual === length) {
    const { bytes } = r
    for (let pos = r.pos, word = at; pos < end; pos += 4, word++) {
      rows[word] = (bytes[pos]! << 24) | (bytes[pos + 1]! << 16) | (bytes[pos + 2]! << 8) | bytes[pos + 3]!
    }
  }
  r.pos = end
  return actual
}

/** Reads a fixed64 as its low and high words. */
export function readTime(r: ProtoReader, rows: Uint32Array, at: number): void {
  r.fixed64()
  rows[at] = r.lo
  rows[at + 1] = r.hi
}
