// How fast the backend takes spans in and finds them again, in process and on one core: no sockets, so the figures are its own.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type TraceRequestOptions, traceRequest } from './bench-data.ts'
import { toLegacyTrace } from './jaeger/to-legacy.ts'
import { decodeRequest } from './otlp/decode-groups.ts'
import { decodeSpan } from './otlp/decode-spans.ts'
import { parseJson } from './otlp/json-guard.ts'
import { writeTraceRequest } from './otlp/json-requests.ts'
import { ProtoWriter } from './otlp/proto-writer.ts'
import { BATCH_WORDS, COL_END, COL_START, COL_TRACE, RecordBatch } from './otlp/record-batch.ts'
import { countDependencies } from './traces/dependencies.ts'
import { findTrace, searchTraces } from './traces/search.ts'
import { readTrace, traceIdOf } from './traces/span-record.ts'
import { SpanStore } from './traces/span-store.ts'
import type { TraceQuery } from './traces/trace-query.ts'

export interface BackendFigure {
  name: string
  value: number
  unit: string
  /** What the project aims at, in words. */
  aim?: string
}

const BUDGET_BYTES = 256 * 1024 * 1024
const START_MS = 1_790_000_000_000
const REQUEST: TraceRequestOptions = { seed: 1, spans: 512, spansPerTrace: 20, startMs: START_MS }
const BODIES = 16
const INGEST_SPANS = 400_000
const QUERIES = 60

/** Measures. Takes about ten seconds and 500 MB. */
export async function benchBackend(): Promise<BackendFigure[]> {
  const requests = Array.from({ length: BODIES }, (_, i) => traceRequest({ ...REQUEST, seed: i + 1 }))
  const json = requests.map((request) => Buffer.from(JSON.stringify(request)))
  const protobuf = requests.map(toProtobuf)
  const ingest = [
    {
      name: 'backend ingest, protobuf, 512 spans a request',
      value: median(3, () => ingestRate(protobuf, (body) => body)),
      unit: 'spans/s',
      aim: '100,000',
    },
    {
      name: 'backend ingest, JSON, 512 spans a request',
      value: median(3, () => ingestRate(json, transcoder())),
      unit: 'spans/s',
    },
  ]
  const before = settledRss()
  const store = fullStore(protobuf)
  const growth = settledRss() - before
  return [
    ...ingest,
    { name: 'backend store full, spans held', value: store.size, unit: 'spans' },
    { name: 'backend store full, accounted bytes a span', value: store.bytes / store.size, unit: 'B' },
    { name: 'backend store full, RSS growth over accounted bytes', value: growth / store.bytes, unit: '×' },
    ...latencies('search by service, newest 20', () => search(store, {})),
    ...latencies('search by service and operation', () => search(store, { operation: 'GET /checkout' })),
    ...latencies('search by a rare tag', (i) => search(store, { tags: new Map([['url.path', `/products/${i}`]]) })),
    ...latencies('search by a tag that none has', (i) => search(store, { tags: new Map([['order.id', `none-${i}`]]) })),
    ...latencies('search by duration and error', () => {
      return search(store, { minDurationNs: 150_000_000n, tags: new Map([['error', 'true']]) })
    }),
    ...latencies('trace by id', traceById(store), '5 ms'),
    ...latencies('dependencies over all', () => countDependencies(store, 0n, 2n ** 63n).length, null),
  ]
}

/** Spans a second from the request's bytes, as received, to the store, into a store that evicts as it goes. */
function ingestRate(bodies: readonly Buffer[], toRequest: (body: Buffer) => Buffer): number {
  const store = new SpanStore({ budgetBytes: 64 * 1024 * 1024, seed: 1 })
  const batch = new RecordBatch()
  let spans = 0
  const startedMs = performance.now()
  for (let round = 0; spans < INGEST_SPANS; round++) {
    spans += addShifted(store, batch, toRequest(pick(bodies, round)), round)
  }
  return (spans / (performance.now() - startedMs)) * 1000
}

function transcoder(): (body: Buffer) => Buffer {
  const w = new ProtoWriter(1024 * 1024)
  return (body) => {
    w.reset(1024 * 1024)
    writeTraceRequest(w, parseJson(body))
    return w.finish()
  }
}

function toProtobuf(request: object): Buffer {
  const w = new ProtoWriter()
  writeTraceRequest(w, request)
  return Buffer.from(w.finish())
}

/** Adds a request's spans under other trace ids and later times, so that few bodies make many traces. */
function addShifted(store: SpanStore, batch: RecordBatch, body: Buffer, round: number): number {
  decodeRequest(body, batch, decodeSpan)
  const { rows } = batch
  for (let at = 0; at < batch.count * BATCH_WORDS; at += BATCH_WORDS) {
    // A row has these columns.
    rows[at + COL_TRACE + 3] = rows[at + COL_TRACE + 3]! ^ Math.imul(round + 1, 0x9e3779b1)
    for (const column of [COL_START, COL_END]) {
      const shifted = rows[at + column]! + round * 100_000
      rows[at + column] = shifted
      rows[at + column + 1]! += Math.floor(shifted / 2 ** 32)
    }
  }
  store.add(batch)
  return batch.received
}

function fullStore(bodies: readonly Buffer[]): SpanStore {
  const store = new SpanStore({ budgetBytes: BUDGET_BYTES, seed: 1 })
  const batch = new RecordBatch()
  for (let round = 0; store.counters.evicted === 0; round++) addShifted(store, batch, pick(bodies, round), round)
  return store
}

function search(store: SpanStore, part: Partial<TraceQuery>): number {
  const query: TraceQuery = {
    service: 'orders',
    operation: null,
    tags: new Map(),
    startMinNs: 0n,
    startMaxNs: 2n ** 63n,
    minDurationNs: null,
    maxDurationNs: null,
    limit: 20,
    ...part,
  }
  // What a client waits for: the answer's text, not only the list of what was found.
  return searchTraces(store, query).reduce((size, trace) => size + answerSize(store, trace), 0)
}

function traceById(store: SpanStore): () => number {
  const ids = searchIds(store)
  let next = 0
  return () => answerSize(store, findTrace(store, ids[next++ % ids.length] ?? ''))
}

function searchIds(store: SpanStore): string[] {
  const query = {
    operation: null,
    tags: new Map(),
    startMinNs: 0n,
    startMaxNs: 2n ** 63n,
    minDurationNs: null,
    maxDurationNs: null,
  }
  return searchTraces(store, { ...query, service: 'orders', limit: 500 }).map((trace) => traceIdOf(store, trace))
}

function answerSize(store: SpanStore, trace: number): number {
  return JSON.stringify(toLegacyTrace(readTrace(store, trace), { raw: false })).length
}

function latencies(name: string, run: (i: number) => number, aim: string | null = '50 ms'): BackendFigure[] {
  const times: number[] = []
  for (let i = 0; i < QUERIES; i++) {
    const startedMs = performance.now()
    run(i)
    times.push(performance.now() - startedMs)
  }
  times.sort((a, b) => a - b)
  // There is at least one time, and both places are below their number.
  return [
    { name: `backend ${name}, median`, value: times[Math.floor(times.length / 2)]!, unit: 'ms' },
    {
      name: `backend ${name}, p99`,
      value: times[Math.ceil(times.length * 0.99) - 1]!,
      unit: 'ms',
      ...(aim === null ? {} : { aim }),
    },
  ]
}

function median(runs: number, measure: () => number): number {
  const values = Array.from({ length: runs }, measure).sort((a, b) => a - b)
  // The middle one of at least one.
  return values[Math.floor(runs / 2)]!
}

function pick<T>(items: readonly T[], i: number): T {
  // The list is not empty.
  return items[i % items.length]!
}

/** Resident memory after a full garbage collection, in bytes. */
function settledRss(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  collect()
  return process.memoryUsage.rss()
}
