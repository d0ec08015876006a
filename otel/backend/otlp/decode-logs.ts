// One log record of an OTLP request, from its bytes into a row of the batch. Invalid ids only unbind it from its trace.

import { MAX_LIST } from './limits.ts'
import { type ProtoReader, WIRE_FIXED32, WIRE_LENGTH, WIRE_VARINT } from './proto-reader.ts'
import {
  BATCH_WORDS,
  COL_GROUP,
  COL_PARENT,
  COL_RUN,
  COL_SPAN,
  COL_START,
  COL_TRACE,
  type RecordBatch,
} from './record-batch.ts'
import { readId, readTime, wiresOf } from './record-fields.ts'
import { walkAnyValue, walkAttribute } from './walk-values.ts'

/** Wire types, by field number, of what is not looked at here but stored and read later. */
const LOG_WIRES = wiresOf({ 3: WIRE_LENGTH, 7: WIRE_VARINT, 8: WIRE_FIXED32, 12: WIRE_LENGTH })

/** Decodes the log record that the reader stands before. Throws MalformedError when its bytes are not a log record at all. */
export function decodeLogRecord(r: ProtoReader, batch: RecordBatch, group: number): void {
  const outer = r.enter()
  const at = batch.nextRow()
  const { rows } = batch
  rows.fill(0, at, at + BATCH_WORDS)
  const firstRun = batch.runCount
  let observedLo = 0
  let observedHi = 0
  let attributes = 0
  let fits = true
  let kept = 0
  let runStart = -1
  while (r.pos < r.end) {
    const fieldStart = r.pos
    const field = r.tag()
    const stored =
      field === 3 || field === 5 || field === 6 || field === 7 || field === 8 || field === 11 || field === 12
    if (stored !== runStart >= 0) {
      if (stored) runStart = fieldStart
      else {
        batch.addRun(runStart, fieldStart)
        kept += fieldStart - runStart
        runStart = -1
      }
    }
    switch (field) {
      case 1:
        readTime(r, rows, at + COL_START)
        break
      case 2: {
        const severity = r.int32()
        rows[at + COL_PARENT] = severity >= 0 && severity <= 24 ? severity : 0
        break
      }
      case 5:
        walkAnyValue(r)
        break
      case 6:
        fits = walkAttribute(r, null) && fits
        attributes++
        break
      case 9:
        readId(r, rows, at + COL_TRACE, 16)
        break
      case 10:
        readId(r, rows, at + COL_SPAN, 8)
        break
      case 11:
        r.fixed64()
        observedLo = r.lo
        observedHi = r.hi
        break
      default:
        r.skipField(field, LOG_WIRES)
    }
  }
  if (runStart >= 0) {
    batch.addRun(runStart, r.end)
    kept += r.end - runStart
  }
  r.end = outer
  if (!fits || attributes > MAX_LIST) {
    batch.runCount = firstRun
    batch.refuse(fits ? 'too_many_items' : 'too_large')
    return
  }
  // A record without a time of its own has the time at which it was observed; the store fills in its own clock for neither.
  if (rows[at + COL_START] === 0 && rows[at + COL_START + 1] === 0) {
    rows[at + COL_START] = observedLo
    rows[at + COL_START + 1] = observedHi
  }
  rows[at + COL_GROUP] = group
  rows[at + COL_RUN] = firstRun
  rows[at + COL_RUN + 1] = batch.runCount - firstRun
  rows[at + COL_RUN + 2] = kept
  batch.count++
}
