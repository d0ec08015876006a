// A stored span: a row of 24 words in its slab, and a body that holds the protobuf fields which have no column (attributes, events,
// links, status, trace state, flags), byte for byte as they came.
import { SIGNATURE_WORDS } from '../otlp/tag-signature.ts'

export const ROW_BODY = 0 // offset and length in the slab's bytes
export const ROW_TRACE = 2 // slot of the trace, NO_TRACE when it has been evicted
export const ROW_NEXT = 3 // the trace's next row, the one that arrived before
export const ROW_OPERATION = 4
export const ROW_RESOURCE = 5
export const ROW_SCOPE = 6
export const ROW_KIND = 7 // span kind, status code << 4, FLAG_*
export const ROW_SPAN = 8 // two words
export const ROW_PARENT = 10 // two words, zero for none
export const ROW_START = 12 // low, high: nanoseconds since the epoch
export const ROW_END = 14 // low, high
export const ROW_SIGNATURE = 16
export const SPAN_ROW_WORDS = ROW_SIGNATURE + SIGNATURE_WORDS

export const NO_TRACE = 0xffffffff

export const STATUS_OK = 1
export const STATUS_ERROR = 2
export const KIND_CONSUMER = 5

export function kindOf(flags: number): number {
  return flags & 0xf
}

export function statusOf(flags: number): number {
  return (flags >>> 4) & 0xf
}

/** Orders two 64-bit times given as low and high words: negative, zero or positive. */
export function compareTimes(aLo: number, aHi: number, bLo: number, bHi: number): number {
  return aHi === bHi ? aLo - bLo : aHi - bHi
}

/** Nanoseconds from start to end, exact up to 104 days; negative when the span ends before it starts. */
export function durationNs(words: Uint32Array, row: number): number {
  return (
    (words[row + ROW_END + 1]! - words[row + ROW_START + 1]!) * 2 ** 32 +
    (words[row + ROW_END]! - words[row + ROW_START]!)
  )
}

/** Two big-endian words as 16 hex digits. */
export function hexOfWords(high: number, low: number): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}
