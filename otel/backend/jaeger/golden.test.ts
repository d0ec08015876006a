// Golden pairs of the wire shapes: testdata/NAME.otlp.json is taken in, and what each API makes of it is compared with NAME.*.json.
// `UPDATE_GOLDEN=1 npx vitest run otel/backend/jaeger/golden && npx biome check --write otel/backend/jaeger/testdata` writes the files anew;
// what changes is to be reviewed against Jaeger.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodeRequest } from '../otlp/decode-groups.ts'
import { decodeSpan } from '../otlp/decode-spans.ts'
import { writeTraceRequest } from '../otlp/json-requests.ts'
import { ProtoWriter } from '../otlp/proto-writer.ts'
import { RecordBatch } from '../otlp/record-batch.ts'
import { readTrace } from '../traces/span-record.ts'
import { SpanStore } from '../traces/span-store.ts'
import { summarizeTrace } from '../traces/summary.ts'
import { toLegacyTrace } from './to-legacy.ts'
import { toResourceSpans, toSummaryWire } from './to-otlp.ts'

const testdata = new URL('testdata/', import.meta.url)
const names = readdirSync(testdata).flatMap((file) =>
  file.endsWith('.otlp.json') ? [file.slice(0, -'.otlp.json'.length)] : [],
)

function storeOf(name: string): SpanStore {
  const w = new ProtoWriter()
  writeTraceRequest(w, JSON.parse(readFileSync(new URL(`${name}.otlp.json`, testdata), 'utf8')))
  const batch = new RecordBatch()
  decodeRequest(w.finish(), batch, decodeSpan)
  const store = new SpanStore({ budgetBytes: 1024 * 1024, seed: 1 })
  store.add(batch)
  // Each file is one trace, which therefore has the first slot.
  expect([batch.refused.size, store.traces.size]).toEqual([0, 1])
  return store
}

const SHAPES = {
  legacy: (store: SpanStore) => toLegacyTrace(readTrace(store, 0), { raw: false }),
  v3: (store: SpanStore) => ({ resourceSpans: toResourceSpans(readTrace(store, 0), { raw: false }) }),
  summary: (store: SpanStore) => toSummaryWire(summarizeTrace(store, 0)),
}

test('there are pairs', () => expect(names.length).toBeGreaterThan(2))

for (const name of names) {
  for (const [shape, convert] of Object.entries(SHAPES)) {
    test(`${name} in the shape of ${shape}`, () => {
      const file = new URL(`${name}.${shape}.json`, testdata)
      const actual = JSON.stringify(convert(storeOf(name)), null, 2)
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, `${actual}\n`)
      expect(JSON.parse(actual)).toEqual(JSON.parse(readFileSync(file, 'utf8')))
    })
  }
}
