// One span of an OTLP request, from its bytes into a row of the batch. Refuses spans that no trace could hold, and says why.
import { MAX_LIST, MAX_NAME_BYTES } from './limits.ts'
import { type ProtoReader, WIRE_FIXED32, WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from './proto-reader.ts'
import {
  BATCH_WORDS,
  COL_END,
  COL_GROUP,
  COL_KIND,
  COL_NAME,
  COL_PARENT,
  COL_RUN,
  COL_SIGNATURE,
  COL_SPAN,
  COL_START,
  COL_TRACE,
  FLAG_LINKS,
  type RecordBatch,
  type Refusal,
} from './record-batch.ts'
import { readId, readTime, type Wires, wiresOf } from './record-fields.ts'
import type { TagSignature } from './tag-signature.ts'
import { walkAttribute } from './walk-values.ts'

/** Wire types, by field number, of what is not looked at here but stored and read later. */
const SPAN_WIRES = wiresOf({
  3: WIRE_LENGTH,
  10: WIRE_VARINT,
  12: WIRE_VARINT,
  14: WIRE_VARINT,
  16: WIRE_FIXED32,
})
const EVENT_WIRES = wiresOf({ 1: WIRE_FIXED64, 2: WIRE_LENGTH, 4: WIRE_VARINT })
const LINK_WIRES = wiresOf({ 1: WIRE_LENGTH, 2: WIRE_LENGTH, 3: WIRE_LENGTH, 5: WIRE_VARINT, 6: WIRE_FIXED32 })
const STATUS_WIRES = wiresOf({ 2: WIRE_LENGTH })

/** Decodes the span that the reader stands before. Throws MalformedError when its bytes are not a span at all. */
export function decodeSpan(r: ProtoReader, batch: RecordBatch, group: number): void {
  const outer = r.enter()
  const at = batch.nextRow()
  const { rows, signature } = batch
  rows.fill(0, at, at + BATCH_WORDS)
  signature.clear()
  const firstRun = batch.runCount
  let refusal: Refusal | null = null
  let traceLength = 0
  let spanLength = 0
  let parentLength = 0
  let flags = 0
  let attributes = 0
  let items = 0
  let kept = 0
  let runStart = -1
  while (r.pos < r.end) {
    const fieldStart = r.pos
    const field = r.tag()
    // Fields that have a column of their own are not stored a second time: they end the run of stored bytes.
    const stored = field === 3 || (field >= 9 && field <= 16)
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
        traceLength = readId(r, rows, at + COL_TRACE, 16)
        break
      case 2:
        spanLength = readId(r, rows, at + COL_SPAN, 8)
        break
      case 4:
        parentLength = readId(r, rows, at + COL_PARENT, 8)
        break
      case 5: {
        const end = r.range()
        rows[at + COL_NAME] = r.pos
        rows[at + COL_NAME + 1] = end - r.pos
        r.pos = end
        break
      }
      case 6: {
        const kind = r.int32()
        flags = (flags & ~0xf) | (kind >= 0 && kind <= 5 ? kind : 0)
        break
      }
      case 7:
        readTime(r, rows, at + COL_START)
        break
      case 8:
        readTime(r, rows, at + COL_END)
        break
      case 9:
        if (!walkAttribute(r, signature)) refusal = 'too_large'
        attributes++
        break
      case 11:
        if (walkItem(r, 3, EVENT_WIRES, signature) > MAX_LIST) refusal = 'too_many_items'
        items++
        break
      case 13:
        if (walkItem(r, 4, LINK_WIRES, signature) > MAX_LIST) refusal = 'too_many_items'
        items++
        flags |= FLAG_LINKS
        break
      case 15:
        flags = (flags & ~0xf0) | (readStatusCode(r) << 4)
        break
      default:
        r.skipField(field, SPAN_WIRES)
    }
  }
  if (runStart >= 0) {
    batch.addRun(runStart, r.end)
    kept += r.end - runStart
  }
  r.end = outer
  refusal ??= refusalOf(rows, at, traceLength, spanLength, parentLength)
  if (attributes > MAX_LIST || items > MAX_LIST) refusal = 'too_many_items'
  if (refusal !== null) {
    batch.runCount = firstRun
    batch.refuse(refusal)
    return
  }
  rows[at + COL_KIND] = flags
  rows[at + COL_GROUP] = group
  rows[at + COL_RUN] = firstRun
  rows[at + COL_RUN + 1] = batch.runCount - firstRun
  rows[at + COL_RUN + 2] = kept
  rows.set(signature.words, at + COL_SIGNATURE)
  batch.count++
}

function refusalOf(rows: Uint32Array, at: number, trace: number, span: number, parent: number): Refusal | null {
  if (trace !== 16 || isZero(rows, at + COL_TRACE, 4)) return 'invalid_trace_id'
  if (span !== 8 || isZero(rows, at + COL_SPAN, 2)) return 'invalid_span_id'
  // An all-zero parent is what some SDKs send for none.
  if (parent !== 0 && parent !== 8) return 'invalid_parent_span_id'
  const nameLength = rows[at + COL_NAME + 1]!
  if (nameLength === 0) return 'missing_name'
  if (nameLength > MAX_NAME_BYTES) return 'too_large'
  if (isZero(rows, at + COL_START, 2)) return 'missing_time'
  return null
}

function isZero(rows: Uint32Array, at: number, words: number): boolean {
  let any = 0
  for (let i = 0; i < words; i++) any |= rows[at + i]!
  return any === 0
}

/** Walks an event or a link, signs its attributes and returns how many it has. */
function walkItem(r: ProtoReader, attributesField: number, wires: Wires, signature: TagSignature): number {
  const outer = r.enter()
  let attributes = 0
  while (r.pos < r.end) {
    const field = r.tag()
    if (field === attributesField) {
      walkAttribute(r, signature)
      attributes++
    } else r.skipField(field, wires)
  }
  r.end = outer
  return attributes
}

function readStatusCode(r: ProtoReader): number {
  const outer = r.enter()
  let code = 0
  while (r.pos < r.end) {
    const field = r.tag()
    if (field === 3) code = r.int32()
    else r.skipField(field, STATUS_WIRES)
  }
  r.end = outer
  return code >= 0 && code <= 2 ? code : 0
}
