// A program for a test: fills a store and prints, as JSON, by how much live memory grew and what the store says that it takes.
// Run with --expose-gc and the name of the content as its argument.

import { LogStore } from '../logs/log-store.ts'
import { decodeRequest } from '../otlp/decode-groups.ts'
import { decodeLogRecord } from '../otlp/decode-logs.ts'
import { writeLogsRequest } from '../otlp/json-requests.ts'
import { ProtoWriter } from '../otlp/proto-writer.ts'
import { RecordBatch } from '../otlp/record-batch.ts'
import { SpanStore } from '../traces/span-store.ts'
import { attributesOf, batchOf, type SpanSpec } from './span-builder.ts'

const BUDGET_BYTES = 32 * 1024 * 1024

const CONTENTS: Record<string, (n: number) => SpanSpec[]> = {
  usual: (n) =>
    range(100, (i) => ({
      trace: n * 5 + (i % 5),
      span: i + 1,
      name: `GET /r${i % 7}`,
      attributes: { a: i, b: 'x'.repeat(200) },
    })),
  'tiny spans, a trace each': (n) => range(100, (i) => ({ trace: n * 100 + i, span: 1 })),
  'every name and service another': (n) =>
    range(20, (i) => ({ trace: n * 20 + i, span: 1, name: `n${n}-${i}`, service: `s${n}-${i}` })),
  'every resource another, of many attributes': (n) => {
    return range(5, (i) => ({
      trace: n * 5 + i,
      span: 1,
      resource: Object.fromEntries(range(300, (k) => [`${n}-${i}-${k}`, true])),
    }))
  },
}

function main(content: string): void {
  // Once before measuring, so that code and the pools of the runtime are there.
  fill(content, BUDGET_BYTES / 8)
  const before = liveBytes()
  const store = fill(content, BUDGET_BYTES)
  const growth = liveBytes() - before
  process.stdout.write(
    JSON.stringify({ growth, accounted: store.bytes, budget: BUDGET_BYTES, evicted: store.counters.evicted }),
  )
}

function fill(content: string, budgetBytes: number): SpanStore | LogStore {
  if (content === 'logs') return fillLogs(budgetBytes)
  const make = CONTENTS[content]
  if (!make) throw new Error(`no such content: ${content}`)
  const store = new SpanStore({ budgetBytes })
  for (let n = 1; store.counters.evicted === 0; n++) store.add(batchOf(make(n)))
  return store
}

function fillLogs(budgetBytes: number): LogStore {
  const store = new LogStore({ budgetBytes, now: Date.now })
  const batch = new RecordBatch()
  for (let n = 0; store.counters.evicted === 0; n++) {
    const logRecords = range(100, (i) => ({
      body: { stringValue: `request ${n} ${i} done` },
      attributes: attributesOf({ a: n, b: 'x'.repeat(100) }),
    }))
    const w = new ProtoWriter()
    writeLogsRequest(w, { resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
    decodeRequest(w.finish(), batch, decodeLogRecord)
    store.add(batch)
  }
  return store
}

function range<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

/** Bytes that are in use after a full collection: unlike the resident size, without what the runtime keeps for later. */
function liveBytes(): number {
  // Twice, because buffers are freed behind the first collection.
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

main(process.argv[2] ?? '')
