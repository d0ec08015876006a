// A stored log record: a row of 16 words in its slab, and a body with the protobuf fields that have no column (severity text, body,
// attributes, flags, event name), byte for byte as they came.

export const LOG_BODY = 0 // offset and length in the slab's bytes
export const LOG_TIME = 2 // low, high: nanoseconds since the epoch
export const LOG_RESOURCE = 4
export const LOG_SCOPE = 5
export const LOG_SEVERITY = 6 // OTLP severity number, 0 for none
export const LOG_TRACE = 8 // four words, zero for none
export const LOG_SPAN = 12 // two words, zero for none
export const LOG_SEQUENCE = 14 // low, high: grows with each record
export const LOG_ROW_WORDS = 16

/** The record's place in the order of arrival. */
export function sequenceOf(words: Uint32Array, row: number): number {
  return words[row + LOG_SEQUENCE + 1]! * 2 ** 32 + words[row + LOG_SEQUENCE]!
}
