// A hundred thousand mutated payloads: what is no OTLP is refused with a 4xx, nothing else happens, memory stays within bounds, and
// everything that was taken in can be read again. Most go straight to the decoder and the stores, some thousands over HTTP.
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { seededRandom } from './bench-data.ts'
import { toLegacyTrace } from './jaeger/to-legacy.ts'
import { toResourceSpans } from './jaeger/to-otlp.ts'
import { findLogs } from './logs/log-query.ts'
import { parseLogQuery } from './logs/log-routes.ts'
import { LogStore } from './logs/log-store.ts'
import { decodeRequest, TooManyRecordsError } from './otlp/decode-groups.ts'
import { decodeLogRecord } from './otlp/decode-logs.ts'
import { decodeSpan } from './otlp/decode-spans.ts'
import { parseJson, TooManyValuesError } from './otlp/json-guard.ts'
import { writeLogsRequest, writeTraceRequest } from './otlp/json-requests.ts'
import { MalformedError } from './otlp/proto-reader.ts'
import { ProtoWriter } from './otlp/proto-writer.ts'
import { RecordBatch } from './otlp/record-batch.ts'
import {
  at,
  type Corpus,
  makeCorpus,
  mutateBytes,
  mutateJson,
  nestedJson,
  nestedProtobuf,
  type Signal,
  withNewTraces,
} from './testing/mutate.ts'
import type { Random } from './testing/random-request.ts'
import { startBackend } from './testing/running-backend.ts'
import { traceIdOf } from './testing/span-builder.ts'
import { countDependencies } from './traces/dependencies.ts'
import { searchTraces } from './traces/search.ts'
import { readTrace } from './traces/span-record.ts'
import { SpanStore } from './traces/span-store.ts'
import { summarizeTrace } from './traces/summary.ts'

const MIB = 1024 * 1024
const BUDGET_BYTES = 2 * MIB
const IN_PROCESS = 97_000
const OVER_HTTP = 3_000
/** Ten times what a slow machine of one's own takes. */
const TIMEOUT_MS = 120_000
const MEMORY_BOUND_BYTES = 384 * MIB

/** A decoder and its stores, as the receiver puts them together. */
class Target {
  readonly spans = new SpanStore({ budgetBytes: BUDGET_BYTES, seed: 1 })
  readonly logs = new LogStore({ budgetBytes: BUDGET_BYTES, now: () => 1, seed: 1 })
  private readonly batch = new RecordBatch()
  private readonly writer = new ProtoWriter()

  /** Takes a payload in; false when it was refused as the receiver refuses it. Any other error is a finding. */
  take(signal: Signal, body: Buffer, isJson: boolean): boolean {
    try {
      decodeRequest(
        isJson ? this.transcode(signal, body) : body,
        this.batch,
        signal === 'traces' ? decodeSpan : decodeLogRecord,
      )
    } catch (error) {
      if (
        error instanceof MalformedError ||
        error instanceof TooManyRecordsError ||
        error instanceof TooManyValuesError
      )
        return false
      throw error
    }
    if (signal === 'traces') this.spans.add(this.batch)
    else this.logs.add(this.batch)
    return true
  }

  private transcode(signal: Signal, body: Buffer): Buffer {
    this.writer.reset(64 * 1024)
    const json = parseJson(body)
    if (signal === 'traces') writeTraceRequest(this.writer, json)
    else writeLogsRequest(this.writer, json)
    return this.writer.finish()
  }
}

function payload(random: Random, corpus: Corpus): { signal: Signal; body: Buffer; isJson: boolean } {
  const isJson = random() < 0.35
  const list = isJson ? corpus.json : corpus.protobuf
  // Both lists have as many members as the corpus.
  const request = list[at(random, list.length)]!
  const { signal } = request
  const body = withNewTraces(random, request, isJson)
  if (random() < 0.01)
    return { signal, isJson, body: isJson ? nestedJson(at(random, 200)) : nestedProtobuf(at(random, 200)) }
  if (isJson && random() < 0.7) return { signal, isJson, body: mutateJson(random, body) }
  return { signal, isJson, body: mutateBytes(random, body, list[at(random, list.length)]!.body) }
}

/** Reads everything that is held, in every shape. */
function readAll(target: Target): number {
  const { spans, logs } = target
  const query = {
    service: null,
    operation: null,
    startMinNs: 0n,
    startMaxNs: 2n ** 64n,
    minDurationNs: null,
    maxDurationNs: null,
    limit: 1e6,
  }
  const all = searchTraces(spans, { ...query, tags: new Map() })
  let size = 0
  for (const trace of all) {
    const record = readTrace(spans, trace)
    size += JSON.stringify([toLegacyTrace(record, { raw: false }), toResourceSpans(record, { raw: false })]).length
    size += summarizeTrace(spans, trace).traceId.length
  }
  for (const [key, value] of [
    ['http.5', 'http'],
    ['x.7', '[]'],
    ['error', 'true'],
  ] as const) {
    searchTraces(spans, { ...query, service: 'svc-1', tags: new Map([[key, value]]) })
  }
  countDependencies(spans, 0n, 2n ** 64n)
  size += JSON.stringify(findLogs(logs, parseLogQuery(new URLSearchParams('limit=5000&q=e'))), (_k, v) =>
    typeof v === 'bigint' ? String(v) : v,
  ).length
  expect(all).toHaveLength(spans.traces.size)
  return size
}

test(`${IN_PROCESS} mutated payloads into decoder and stores`, { timeout: TIMEOUT_MS }, () => {
  const random = seededRandom(20_260_101)
  const corpus = makeCorpus(60)
  const target = new Target()
  const outcomes = { taken: 0, refused: 0 }
  const startRss = process.memoryUsage.rss()
  for (let i = 0; i < IN_PROCESS; i++) {
    const { signal, body, isJson } = payload(random, corpus)
    outcomes[target.take(signal, body, isJson) ? 'taken' : 'refused']++
    if (i % 10_000 === 0) expect(readAll(target)).toBeGreaterThan(0)
    if (target.spans.bytes > BUDGET_BYTES || target.logs.bytes > BUDGET_BYTES)
      throw new Error(`payload ${i} broke the budget`)
  }
  readAll(target)
  // Both outcomes are common, so the payloads were neither all harmless nor all dead on arrival; and the stores overflowed.
  expect(outcomes.taken).toBeGreaterThan(IN_PROCESS / 10)
  expect(outcomes.refused).toBeGreaterThan(IN_PROCESS / 10)
  expect(target.spans.counters.refused).toBeGreaterThan(100)
  expect(target.spans.evictedTraces).toBeGreaterThan(1000)
  expect(target.logs.counters.evicted).toBeGreaterThan(0)
  expect(process.memoryUsage.rss() - startRss).toBeLessThan(MEMORY_BOUND_BYTES)
  // The stores still work: what is sent now is there.
  expect(target.take('traces', corpus.protobuf[0]!.body, false)).toBe(true)
  expect(readAll(target)).toBeGreaterThan(0)
})

test(`${OVER_HTTP} mutated payloads over HTTP`, { timeout: TIMEOUT_MS }, async () => {
  const random = seededRandom(20_260_102)
  const corpus = makeCorpus(60)
  const backend = await startBackend({ spanStoreBytes: BUDGET_BYTES, logStoreBytes: BUDGET_BYTES })
  const statuses: Record<number, number> = {}
  const startRss = process.memoryUsage.rss()
  const bombs = [
    gzipSync(Buffer.alloc(40 * MIB)),
    gzipSync(`[${'[],'.repeat(4_000_000)}[]]`),
    gzipSync(nestedJson(100_000)),
  ]
  let sent = 0
  const worker = async () => {
    while (sent++ < OVER_HTTP) {
      const { path, headers, body } = httpPayload(random, corpus, bombs)
      const response = await fetch(`${backend.otlpUrl}${path}`, { method: 'POST', headers, body })
      await response.arrayBuffer()
      statuses[response.status] = (statuses[response.status] ?? 0) + 1
    }
  }
  await Promise.all([worker(), worker(), worker(), worker()])
  expect(Object.keys(statuses).filter((status) => !/^(2|4)\d\d$/.test(status))).toEqual([])
  for (const status of [200, 400, 413, 415]) expect(statuses[status]).toBeGreaterThan(10)
  expect(process.memoryUsage.rss() - startRss).toBeLessThan(MEMORY_BOUND_BYTES)
  expect(backend.errors).toEqual([])
  expect(backend.stats().bytes.spans).toBeLessThanOrEqual(BUDGET_BYTES)
  await backend.send([{ trace: 77, span: 1, service: 'survivor', startMs: 5 }])
  expect((await backend.get(`/api/traces/${traceIdOf(77)}`)).body).toMatchObject({
    data: [{ spans: [{ operationName: 'work' }] }],
  })
  expect((await backend.get('/api/traces?service=survivor&start=0')).body).toMatchObject({
    data: [{ traceID: traceIdOf(77) }],
  })
  for (const path of ['/api/services', '/api/dependencies', '/api/v3/services', '/api/logs?limit=5000']) {
    expect((await backend.get(path)).status).toBe(200)
  }
  await backend.stop()
})

function httpPayload(
  random: Random,
  corpus: Corpus,
  bombs: Buffer[],
): { path: string; headers: Record<string, string>; body: Buffer } {
  const { signal, body, isJson } = payload(random, corpus)
  const path = `/v1/${signal}`
  const type = isJson ? 'application/json' : 'application/x-protobuf'
  const kind = random()
  if (kind < 0.01) {
    return {
      path,
      headers: { 'content-type': type, 'content-encoding': 'gzip' },
      body: bombs[at(random, bombs.length)]!,
    }
  }
  if (kind < 0.05)
    return { path, headers: { 'content-type': type, 'content-encoding': 'br' }, body: brotliCompressSync(body) }
  if (kind < 0.1) return { path, headers: { 'content-type': 'text/plain' }, body }
  if (kind < 0.3) return { path, headers: { 'content-type': type, 'content-encoding': 'gzip' }, body: gzipSync(body) }
  if (kind < 0.4) {
    return {
      path,
      headers: { 'content-type': type, 'content-encoding': 'gzip' },
      body: mutateBytes(random, gzipSync(body), body),
    }
  }
  return { path, headers: { 'content-type': type }, body }
}
