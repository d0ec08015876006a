// OTLP's answers in the encoding of the request: success, partial success, and google.rpc.Status for errors.
import type { Response } from 'express'
import { ProtoWriter } from './proto-writer.ts'
import { type RecordBatch, type Refusal, refusedCount } from './record-batch.ts'

export type Encoding = 'protobuf' | 'json'

const CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } satisfies Record<
  Encoding,
  string
>

/** Codes of google.rpc.Code for the HTTP statuses in use. */
const RPC_CODES: Record<number, number> = { 400: 3, 404: 5, 405: 12, 413: 8, 415: 3, 500: 13, 503: 14 }

const REASONS = {
  invalid_trace_id: 'the trace id is not 16 bytes or is all zero',
  invalid_span_id: 'the span id is not 8 bytes or is all zero',
  invalid_parent_span_id: 'the parent span id is not 8 bytes',
  missing_name: 'the span has no name',
  missing_time: 'the span has no start time',
  too_large: 'the record, a name in it, its resource or its scope is too large',
  too_many_items: 'more than 1024 attributes, events or links',
  trace_too_large: 'its trace has as many spans as are kept of one',
  conflicting_span_id: 'too many different spans with one id',
} satisfies Record<Refusal, string>

/** Answers 200; with refused records, as OTLP's partial success. `what` is the member that counts them in the JSON form. */
export function sendSuccess(
  res: Response,
  encoding: Encoding,
  batch: RecordBatch,
  what: 'rejectedSpans' | 'rejectedLogRecords',
): void {
  const rejected = refusedCount(batch)
  if (rejected === 0) {
    send(res, 200, encoding, encoding === 'json' ? Buffer.from('{}') : Buffer.alloc(0))
    return
  }
  const message = describeRefusals(batch)
  if (encoding === 'json') {
    const partialSuccess = { [what]: String(rejected), errorMessage: message }
    send(res, 200, encoding, Buffer.from(JSON.stringify({ partialSuccess })))
    return
  }
  const w = new ProtoWriter()
  const start = w.open(1)
  w.int64(1, rejected)
  w.string(2, message)
  w.close(start)
  send(res, 200, encoding, w.finish())
}

/** Answers an error. `message` is shown to the client. */
export function sendStatus(res: Response, status: number, encoding: Encoding, message: string): void {
  const code = RPC_CODES[status] ?? 2
  if (encoding === 'json') {
    send(res, status, encoding, Buffer.from(JSON.stringify({ code, message })))
    return
  }
  const w = new ProtoWriter()
  w.varint32(1, code)
  w.string(2, message)
  send(res, status, encoding, w.finish())
}

function send(res: Response, status: number, encoding: Encoding, body: Buffer): void {
  res.writeHead(status, { 'content-type': CONTENT_TYPES[encoding], 'content-length': body.length })
  res.end(body)
}

function describeRefusals(batch: RecordBatch): string {
  return [...batch.refused].map(([reason, count]) => `${count} refused: ${REASONS[reason]}`).join('; ')
}
