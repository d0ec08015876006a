// Whether a span that comes in is one that is stored already: exporters send a batch again when they have not seen its answer.
import { COL_KIND, COL_NAME, COL_PARENT, COL_RUN, COL_START, type RecordBatch } from '../otlp/record-batch.ts'
import type { Slab } from '../storage/slab-ring.ts'
import { ROW_BODY, ROW_KIND, ROW_PARENT, ROW_START } from './span-row.ts'

/**
 * Compares a stored span with the one at `at` of a batch, of the same trace and span id, in every field.
 * `row` is the stored row's first word in its slab, `nameBytes` the stored span's name.
 */
export function isSameSpan(slab: Slab, row: number, nameBytes: Buffer, batch: RecordBatch, at: number): boolean {
  const { words, bytes } = slab
  const { rows } = batch
  if (words[row + ROW_BODY + 1] !== rows[at + COL_RUN + 2] || words[row + ROW_KIND] !== rows[at + COL_KIND])
    return false
  for (let i = 0; i < 2; i++) if (words[row + ROW_PARENT + i] !== rows[at + COL_PARENT + i]) return false
  for (let i = 0; i < 4; i++) if (words[row + ROW_START + i] !== rows[at + COL_START + i]) return false
  // Rows and runs have these places.
  const name = rows[at + COL_NAME]!
  if (nameBytes.length !== rows[at + COL_NAME + 1]) return false
  if (nameBytes.compare(batch.bytes, name, name + nameBytes.length) !== 0) return false
  let stored = words[row + ROW_BODY]!
  const firstRun = rows[at + COL_RUN]!
  for (let run = firstRun; run < firstRun + rows[at + COL_RUN + 1]!; run++) {
    const start = batch.runs[run * 2]!
    const length = batch.runs[run * 2 + 1]!
    if (bytes.compare(batch.bytes, start, start + length, stored, stored + length) !== 0) return false
    stored += length
  }
  return true
}
