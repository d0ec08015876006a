// The facts of the spans of a decoded OTLP request. Attributes are read only of spans that call out, where they name the callee.
import { type Attribute, findAttribute, readAttribute } from '../../model/any-value.ts'
import { identityOf } from '../../model/resource.ts'
import { ProtoReader } from '../../otlp/proto-reader.ts'
import {
  BATCH_WORDS,
  COL_END,
  COL_GROUP,
  COL_KIND,
  COL_NAME,
  COL_PARENT,
  COL_RUN,
  COL_SPAN,
  COL_START,
  COL_TRACE,
  type RecordBatch,
} from '../../otlp/record-batch.ts'
import { hexOfWords, kindOf, statusOf } from '../../traces/span-row.ts'
import { KIND_CLIENT, KIND_PRODUCER, type SpanFacts } from './span-facts.ts'

const ATTRIBUTES_FIELD = 9
/** Labels are kept for hours: what is longer is cut off. */
const MAX_LABEL_LENGTH = 200

/** Facts of each span of the batch, in order; the batch is not changed. */
export function* spansOfBatch(batch: RecordBatch): Generator<SpanFacts> {
  const { rows } = batch
  const bytes = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.byteLength)
  const services = batch.groups.map(({ resourceStart, resourceEnd }) => {
    return identityOf({
      bytes: bytes.subarray(resourceStart, resourceEnd),
      headLength: resourceEnd - resourceStart,
    }).service.slice(0, MAX_LABEL_LENGTH)
  })
  for (let i = 0; i < batch.count; i++) {
    const at = i * BATCH_WORDS
    const kind = kindOf(rows[at + COL_KIND]!)
    const nameStart = rows[at + COL_NAME]!
    const parentHigh = rows[at + COL_PARENT]!
    const parentLow = rows[at + COL_PARENT + 1]!
    const callee = kind === KIND_CLIENT || kind === KIND_PRODUCER ? calleeOf(batch, at) : { database: '', peer: '' }
    yield {
      // A row refers to a group of its batch.
      service: services[rows[at + COL_GROUP]!]!,
      name: bytes.toString('utf8', nameStart, nameStart + rows[at + COL_NAME + 1]!).slice(0, MAX_LABEL_LENGTH),
      kind,
      statusCode: statusOf(rows[at + COL_KIND]!),
      durationMs: Math.max(0, milliseconds(rows, at + COL_END, at + COL_START)),
      endMs: Math.floor((rows[at + COL_END + 1]! * 2 ** 32 + rows[at + COL_END]!) / 1e6),
      traceId:
        hexOfWords(rows[at + COL_TRACE]!, rows[at + COL_TRACE + 1]!) +
        hexOfWords(rows[at + COL_TRACE + 2]!, rows[at + COL_TRACE + 3]!),
      spanId: hexOfWords(rows[at + COL_SPAN]!, rows[at + COL_SPAN + 1]!),
      parentSpanId: parentHigh === 0 && parentLow === 0 ? '' : hexOfWords(parentHigh, parentLow),
      ...callee,
    }
  }
}

function milliseconds(rows: Uint32Array, to: number, from: number): number {
  return ((rows[to + 1]! - rows[from + 1]!) * 2 ** 32 + (rows[to]! - rows[from]!)) / 1e6
}

function calleeOf(batch: RecordBatch, at: number): { database: string; peer: string } {
  const attributes: Attribute[] = []
  const firstRun = batch.rows[at + COL_RUN]!
  for (let run = firstRun; run < firstRun + batch.rows[at + COL_RUN + 1]!; run++) {
    const start = batch.runs[run * 2]!
    const r = new ProtoReader(batch.bytes, start, start + batch.runs[run * 2 + 1]!)
    while (r.more()) {
      if (r.tag() === ATTRIBUTES_FIELD) attributes.push(readAttribute(r))
      else r.skip()
    }
  }
  const text = (...keys: string[]) => {
    for (const key of keys) {
      const value = findAttribute(attributes, key)
      if (value?.type === 'string' && value.value !== '') return value.value.slice(0, MAX_LABEL_LENGTH)
    }
    return ''
  }
  return { database: text('db.namespace', 'db.name'), peer: text('peer.service', 'server.address') }
}
