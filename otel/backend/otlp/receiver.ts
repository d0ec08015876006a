// The OTLP/HTTP receiver: POST /v1/traces and /v1/logs, protobuf or JSON. Whole requests are decoded before anything of them is stored.
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import type { LogStore } from '../logs/log-store.ts'
import type { SpanStore } from '../traces/span-store.ts'
import { type DecodeRecord, decodeRequest, TooManyRecordsError } from './decode-groups.ts'
import { decodeLogRecord } from './decode-logs.ts'
import { decodeSpan } from './decode-spans.ts'
import { parseJson, TooManyValuesError } from './json-guard.ts'
import { writeLogsRequest, writeTraceRequest } from './json-requests.ts'
import { MalformedError } from './proto-reader.ts'
import { ProtoWriter } from './proto-writer.ts'
import { RecordBatch } from './record-batch.ts'
import { BodyError, type Inflight, readBody } from './request-body.ts'
import { type Encoding, sendStatus, sendSuccess } from './responses.ts'

export interface ReceiverDeps {
  spans: SpanStore
  logs: LogStore
  /** Sees every batch of spans before it is stored; it may only read. */
  onSpans?: (batch: RecordBatch) => void
  /** Told of errors that are ours, not the client's. */
  onError: (error: unknown) => void
}

export interface ReceiverCounters {
  /** Requests by the status of their answer. */
  requests: Record<number, number>
}

interface Signal {
  store: { add: (batch: RecordBatch) => void }
  decodeRecord: DecodeRecord
  writeJson: (w: ProtoWriter, json: unknown) => void
  rejectedMember: 'rejectedSpans' | 'rejectedLogRecords'
}

/** Memory that the transcoder keeps from one JSON request to the next. */
const KEEP_WRITER_BYTES = 512 * 1024

/** Makes the receiver's application; it does not listen. */
export function createReceiver(deps: ReceiverDeps, counters: ReceiverCounters): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use((_req, res, next) => {
    res.on('finish', () => {
      counters.requests[res.statusCode] = (counters.requests[res.statusCode] ?? 0) + 1
    })
    next()
  })
  const ingest = new Ingest()
  const traces: Signal = {
    store: {
      add: (batch) => {
        deps.onSpans?.(batch)
        deps.spans.add(batch)
      },
    },
    decodeRecord: decodeSpan,
    writeJson: writeTraceRequest,
    rejectedMember: 'rejectedSpans',
  }
  const logs: Signal = {
    store: deps.logs,
    decodeRecord: decodeLogRecord,
    writeJson: writeLogsRequest,
    rejectedMember: 'rejectedLogRecords',
  }
  app.post('/v1/traces', (req, res) => ingest.handle(req, res, traces))
  app.post('/v1/logs', (req, res) => ingest.handle(req, res, logs))
  app.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' })
  })
  app.all(['/v1/traces', '/v1/logs'], (req, res) => {
    res.setHeader('allow', 'POST')
    refuse(req, res, 405, `${req.method} is not allowed: POST an OTLP request`)
  })
  app.all('/v1/metrics', (req, res) =>
    refuse(req, res, 404, 'metrics are scraped, not pushed: this receiver takes traces and logs'),
  )
  app.use((req, res) => refuse(req, res, 404, 'unknown path: this receiver takes /v1/traces and /v1/logs'))
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const [status, message] = statusOfError(error)
    if (status === 500) deps.onError(error)
    if (res.headersSent) res.destroy()
    else refuse(req, res, status, message)
  })
  return app
}

/** One request at a time passes from decoding to the store, in memory that is used again. */
class Ingest {
  private readonly batch = new RecordBatch()
  private readonly writer = new ProtoWriter(64 * 1024)
  private readonly inflight: Inflight = { bytes: 0 }

  async handle(req: Request, res: Response, signal: Signal): Promise<void> {
    const encoding = encodingOf(req)
    if (encoding === null) {
      refuse(req, res, 415, 'content type not supported: use application/x-protobuf or application/json')
      return
    }
    const body = await readBody(req, this.inflight)
    try {
      decodeRequest(encoding === 'json' ? this.transcode(body, signal) : body, this.batch, signal.decodeRecord)
      signal.store.add(this.batch)
      sendSuccess(res, encoding, this.batch, signal.rejectedMember)
    } finally {
      this.batch.release()
    }
  }

  private transcode(body: Buffer, signal: Signal): Buffer {
    this.writer.reset(KEEP_WRITER_BYTES)
    signal.writeJson(this.writer, parseJson(body))
    return this.writer.finish()
  }
}

function encodingOf(req: Request): Encoding | null {
  const type = req.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/x-protobuf' || type === 'application/protobuf') return 'protobuf'
  return type === 'application/json' ? 'json' : null
}

function statusOfError(error: unknown): [number, string] {
  if (error instanceof BodyError) return [error.status, error.message]
  if (error instanceof MalformedError) return [400, error.message]
  if (error instanceof TooManyRecordsError || error instanceof TooManyValuesError) return [413, error.message]
  const status = error instanceof Error && 'status' in error && error.status === 400 ? 400 : 500
  return [status, status === 400 ? 'the request is not valid' : 'internal error']
}

function refuse(req: Request, res: Response, status: number, message: string): void {
  if (status === 503) res.setHeader('retry-after', '1')
  sendStatus(res, status, encodingOf(req) ?? 'json', message)
  // What is left of the body is read and thrown away: closing on a client that still sends would take the answer from it.
  req.resume()
}
