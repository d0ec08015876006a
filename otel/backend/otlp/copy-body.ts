// Moves the stored bytes of a decoded record from the request into a slab.
import type { Slab } from '../storage/slab-ring.ts'
import { COL_RUN, type RecordBatch } from './record-batch.ts'

/** Copies the record's byte ranges to the place that the slab has just set aside at its tail. */
export function copyBody(batch: RecordBatch, at: number, slab: Slab): void {
  let to = slab.tail
  const firstRun = batch.rows[at + COL_RUN]!
  for (let run = firstRun; run < firstRun + batch.rows[at + COL_RUN + 1]!; run++) {
    const start = batch.runs[run * 2]!
    const length = batch.runs[run * 2 + 1]!
    slab.bytes.set(batch.bytes.subarray(start, start + length), to)
    to += length
  }
}
