// What a request decodes to: one flat row of 32-bit words a record, pointing into the request's bytes. Spans and log records share it,
// so that nothing is allocated per record between the socket and the store. A batch is reused by the next request.

import { SIGNATURE_WORDS, TagSignature } from './tag-signature.ts'

/** Words of a row, for spans (and, where said, for log records). Ids are big-endian words. */
export const COL_TRACE = 0 // 4 words
export const COL_SPAN = 4 // 2 words
export const COL_PARENT = 6 // 2 words; of a log record: its severity number
export const COL_START = 8 // low, high: nanoseconds since the epoch; of a log record: its time
export const COL_END = 10 // low, high
export const COL_KIND = 12 // span kind, status code << 4, FLAG_*
export const COL_NAME = 13 // offset and length of the name
export const COL_GROUP = 15 // index into `groups`
export const COL_RUN = 16 // index of the first run, number of runs, their bytes in all
export const COL_SIGNATURE = 19
export const BATCH_WORDS = COL_SIGNATURE + SIGNATURE_WORDS

export const FLAG_LINKS = 0x100

/** Byte ranges, in the request, of what a group of records has in common. */
export interface RecordGroup {
  resourceStart: number
  resourceEnd: number
  resourceSchemaStart: number
  resourceSchemaEnd: number
  scopeStart: number
  scopeEnd: number
  scopeSchemaStart: number
  scopeSchemaEnd: number
}

export type Refusal =
  | 'invalid_trace_id'
  | 'invalid_span_id'
  | 'invalid_parent_span_id'
  | 'missing_name'
  | 'missing_time'
  | 'too_large'
  | 'too_many_items'
  | 'trace_too_large'
  | 'conflicting_span_id'

/** Rows kept between requests; a larger request gives its memory back. */
const KEEP_ROWS = 4096

export class RecordBatch {
  bytes: Uint8Array = new Uint8Array(0)
  rows = new Uint32Array(512 * BATCH_WORDS)
  count = 0
  /** Offset and length of each byte range that is stored of a record. */
  runs = new Uint32Array(1024 * 2)
  runCount = 0
  groups: RecordGroup[] = []
  /** Records seen, accepted or not. */
  received = 0
  /** Scratch of the record being decoded. */
  readonly signature = new TagSignature()
  readonly refused = new Map<Refusal, number>()

  clear(bytes: Uint8Array): void {
    this.bytes = bytes
    this.count = 0
    this.runCount = 0
    this.groups = []
    this.received = 0
    this.refused.clear()
    if (this.rows.length > KEEP_ROWS * BATCH_WORDS) this.rows = new Uint32Array(512 * BATCH_WORDS)
    if (this.runs.length > KEEP_ROWS * 4) this.runs = new Uint32Array(1024 * 2)
  }

  /** Forgets the request's bytes, which may be large. */
  release(): void {
    this.clear(new Uint8Array(0))
  }

  refuse(reason: Refusal): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1)
  }

  /** Makes room for one more row and returns the index of its first word. It becomes part of the batch with `count++`. */
  nextRow(): number {
    const at = this.count * BATCH_WORDS
    if (at + BATCH_WORDS > this.rows.length) this.rows = grown(this.rows)
    return at
  }

  addRun(start: number, end: number): void {
    const at = this.runCount * 2
    if (at + 2 > this.runs.length) this.runs = grown(this.runs)
    this.runs[at] = start
    this.runs[at + 1] = end - start
    this.runCount++
  }
}

/** Total of the refused records. */
export function refusedCount(batch: RecordBatch): number {
  let total = 0
  for (const count of batch.refused.values()) total += count
  return total
}

function grown(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(words.length * 2)
  larger.set(words)
  return larger
}
