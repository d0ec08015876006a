import { beforeEach, describe, expect, test } from 'vitest'
import { labelsToRecord } from '../../promql/labels.ts'
import { createMatcher } from '../../promql/matcher.ts'
import { BASE_MS, batchOf, type SpanSpec } from '../../testing/span-builder.ts'
import { samplesOf, valuesOf } from '../scrape/test-target.ts'
import { Tsdb } from '../tsdb/tsdb.ts'
import { spansOfBatch } from './batch-spans.ts'
import { ServiceGraph } from './service-graph.ts'
import { KIND_CLIENT, KIND_CONSUMER, KIND_PRODUCER, KIND_SERVER } from './span-facts.ts'
import { SpanMetrics } from './span-metrics.ts'
import { SpanMetricsWriter } from './span-metrics-writer.ts'

const ERROR = { code: 2 }

describe('facts of a batch', () => {
  test('ids, times, kind and status; the callee of spans that call out', () => {
    const facts = [
      ...spansOfBatch(
        batchOf([
          {
            trace: 1,
            span: 2,
            service: 'orders',
            name: 'GET /orders',
            kind: KIND_SERVER,
            durationMs: 12.5,
            status: ERROR,
          },
          {
            trace: 1,
            span: 3,
            parent: 2,
            service: 'orders',
            kind: KIND_CLIENT,
            attributes: { 'server.address': 'products', n: 1 },
          },
          {
            trace: 1,
            span: 4,
            parent: 2,
            service: 'orders',
            kind: KIND_CLIENT,
            attributes: { 'db.namespace': 'orders', 'server.address': '127.0.0.1' },
          },
          { trace: 1, span: 5, service: 'x'.repeat(500), kind: KIND_SERVER, attributes: { 'db.namespace': 'ignored' } },
        ]),
      ),
    ]
    expect(facts[0]).toEqual({
      service: 'orders',
      name: 'GET /orders',
      kind: KIND_SERVER,
      statusCode: 2,
      durationMs: 12.5,
      endMs: BASE_MS + 12,
      traceId: 'aaaaaaaaaaaaaaaaaaaaaaaa00000001',
      spanId: '0000000000000002',
      parentSpanId: '',
      database: '',
      peer: '',
    })
    expect(facts[1]).toMatchObject({ parentSpanId: '0000000000000002', database: '', peer: 'products' })
    expect(facts[2]).toMatchObject({ database: 'orders' })
    expect(facts[3]).toMatchObject({ database: '' })
    expect(facts[3]?.service).toHaveLength(200)
  })
})

let store: Tsdb
let metrics: SpanMetrics
let graph: ServiceGraph
let writer: SpanMetricsWriter

beforeEach(() => {
  store = new Tsdb()
  metrics = new SpanMetrics(3)
  graph = new ServiceGraph({ pendingMs: 5000, maxPending: 4, maxEdges: 8 })
  writer = new SpanMetricsWriter(store, metrics, graph)
})

function observe(nowMs: number, ...specs: SpanSpec[]) {
  for (const span of spansOfBatch(batchOf(specs))) {
    metrics.observe(span, nowMs)
    graph.observe(span, nowMs)
  }
}

/** Latest values of a metric by its labels, name left out. */
function latest(name: string): Record<string, number | undefined> {
  return Object.fromEntries(
    Object.entries(samplesOf(store, name)).map(([labels, samples]) => [labels, samples.at(-1)?.value]),
  )
}

describe('span metrics', () => {
  test('calls and durations by service, name, kind and status, as the Collector names them', () => {
    observe(0, { trace: 1, span: 1, service: 'orders', name: 'GET /orders', durationMs: 5 })
    observe(0, { trace: 2, span: 1, service: 'orders', name: 'GET /orders', durationMs: 300 })
    observe(0, { trace: 3, span: 1, service: 'orders', name: 'GET /orders', durationMs: 20_000, status: ERROR })
    writer.write(1000)
    const labels = (status: string) =>
      `"service_name":"orders","span_kind":"SPAN_KIND_SERVER","span_name":"GET /orders","status_code":"${status}"`
    expect(latest('traces_span_metrics_calls_total')).toEqual({
      [`{${labels('STATUS_CODE_UNSET')}}`]: 2,
      [`{${labels('STATUS_CODE_ERROR')}}`]: 1,
    })
    const buckets = latest('traces_span_metrics_duration_milliseconds_bucket')
    expect(buckets[`{"le":"4",${labels('STATUS_CODE_UNSET')}}`]).toBe(0)
    expect(buckets[`{"le":"6",${labels('STATUS_CODE_UNSET')}}`]).toBe(1)
    expect(buckets[`{"le":"400",${labels('STATUS_CODE_UNSET')}}`]).toBe(2)
    expect(buckets[`{"le":"15000",${labels('STATUS_CODE_ERROR')}}`]).toBe(0)
    expect(buckets[`{"le":"+Inf",${labels('STATUS_CODE_ERROR')}}`]).toBe(1)
    expect(latest('traces_span_metrics_duration_milliseconds_sum')[`{${labels('STATUS_CODE_UNSET')}}`]).toBe(305)
    expect(latest('traces_span_metrics_duration_milliseconds_count')[`{${labels('STATUS_CODE_UNSET')}}`]).toBe(2)
  })

  test('a new series begins at zero where the one before would have stood, so that its first spans count', () => {
    writer.write(1000)
    observe(1500, { trace: 1, span: 1 })
    writer.write(2000)
    writer.write(3000)
    expect(samplesOf(store, 'traces_span_metrics_calls_total')).toMatchObject({
      [Object.keys(latest('traces_span_metrics_calls_total'))[0] ?? '']: [
        { timestampMs: 1000, value: 0 },
        { timestampMs: 2000, value: 1 },
        { timestampMs: 3000, value: 1 },
      ],
    })
  })

  test('exemplars name the trace and the span', () => {
    observe(0, { trace: 7, span: 8, durationMs: 3 })
    writer.write(1000)
    const buckets = store.select([createMatcher('le', '=', '4')], 0, 1e15)
    const [exemplar] = buckets.flatMap((series) => store.exemplars.read(series, 0, 1e15))
    expect(exemplar && { ...exemplar, labels: labelsToRecord(exemplar.labels) }).toEqual({
      labels: { span_id: '0000000000000008', trace_id: 'aaaaaaaaaaaaaaaaaaaaaaaa00000007' },
      value: 3,
      timestampMs: BASE_MS + 3,
    })
  })

  test('combinations past the limit count as overflow, and idle ones end', () => {
    for (let n = 0; n < 6; n++) observe(0, { trace: n + 1, span: 1, name: `name ${n}` })
    writer.write(1000)
    const calls = latest('traces_span_metrics_calls_total')
    expect(calls['{"otel_metric_overflow":"true"}']).toBe(3)
    expect(Object.keys(calls)).toHaveLength(4)
    expect(metrics.overflowed).toBe(3)
    writer.write(901_000)
    expect(
      Object.values(samplesOf(store, 'traces_span_metrics_calls_total')).every((samples) => samples.at(-1)?.stale),
    ).toBe(true)
    observe(902_000, { trace: 9, span: 1, name: 'another' })
    writer.write(903_000)
    expect([...metrics.metrics()]).toHaveLength(1)
  })
})

describe('service graph', () => {
  const client: SpanSpec = { trace: 1, span: 2, parent: 1, service: 'gateway', kind: KIND_CLIENT, durationMs: 30 }
  const server: SpanSpec = { trace: 1, span: 3, parent: 2, service: 'orders', kind: KIND_SERVER, durationMs: 10 }
  const edge = '{"client":"gateway","server":"orders"}'

  test.each([
    ['caller first', [client, server]],
    ['callee first', [server, client]],
  ])('a call, %s', (_name, [first, second]) => {
    observe(0, first!)
    writer.write(500)
    expect(latest('traces_service_graph_request_total')).toEqual({})
    observe(900, second!)
    writer.write(1000)
    expect(latest('traces_service_graph_request_total')).toEqual({ [edge]: 1 })
    expect(latest('traces_service_graph_request_failed_total')).toEqual({ [edge]: 0 })
    expect(latest('traces_service_graph_request_client_seconds_sum')).toEqual({ [edge]: 0.03 })
    expect(latest('traces_service_graph_request_server_seconds_sum')).toEqual({ [edge]: 0.01 })
    expect(
      latest('traces_service_graph_request_server_seconds_bucket')[
        '{"client":"gateway","le":"0.008","server":"orders"}'
      ],
    ).toBe(0)
    expect(
      latest('traces_service_graph_request_server_seconds_bucket')[
        '{"client":"gateway","le":"0.01","server":"orders"}'
      ],
    ).toBe(1)
    expect(graph.pendingCount).toBe(0)
  })

  test('a call that either side calls an error has failed', () => {
    observe(0, { ...client, status: ERROR }, server)
    observe(0, { ...client, trace: 2 }, { ...server, trace: 2, status: ERROR })
    observe(0, { ...client, trace: 3 }, { ...server, trace: 3 })
    writer.write(1000)
    expect(latest('traces_service_graph_request_failed_total')).toEqual({ [edge]: 2 })
    expect(latest('traces_service_graph_request_total')).toEqual({ [edge]: 3 })
  })

  test('messages, databases and users', () => {
    observe(
      0,
      { trace: 1, span: 2, parent: 1, service: 'orders', kind: KIND_PRODUCER },
      { trace: 1, span: 3, parent: 2, service: 'fulfilment', kind: KIND_CONSUMER },
      { trace: 1, span: 4, parent: 1, service: 'orders', kind: KIND_CLIENT, attributes: { 'db.namespace': 'orders' } },
      { trace: 1, span: 1, service: 'frontdoor', kind: KIND_SERVER },
    )
    writer.write(1000)
    expect(latest('traces_service_graph_request_total')).toEqual({
      '{"client":"orders","connection_type":"messaging_system","server":"fulfilment"}': 1,
      '{"client":"orders","connection_type":"database","server":"orders"}': 1,
      '{"client":"user","connection_type":"virtual_node","server":"frontdoor"}': 1,
    })
  })

  test('a call whose callee never answers: a virtual node when the caller names it, and an unpaired span', () => {
    observe(0, { ...client, status: ERROR, attributes: { 'server.address': 'orders' } }, { ...server, trace: 9 })
    writer.write(4999)
    expect(graph.pendingCount).toBe(2)
    writer.write(5000)
    expect(graph.pendingCount).toBe(0)
    expect(latest('traces_service_graph_request_failed_total')).toEqual({
      '{"client":"gateway","connection_type":"virtual_node","server":"orders"}': 1,
    })
    expect(latest('traces_service_graph_unpaired_spans_total')).toEqual({
      '{"client":"gateway"}': 1,
      '{"server":"orders"}': 1,
    })
  })

  test('pairs that wait, and edges, are bounded, and what is dropped is counted', () => {
    for (let n = 0; n < 7; n++) observe(0, { ...client, trace: n + 1 })
    expect(graph.pendingCount).toBe(4)
    writer.write(1000)
    expect(valuesOf(store, 'traces_service_graph_dropped_spans_total')).toEqual([3])
    for (let n = 0; n < 20; n++) observe(0, { trace: n + 50, span: 1, service: `service ${n}`, kind: KIND_SERVER })
    expect([...graph.edges()]).toHaveLength(8)
    expect(graph.refusedEdges).toBe(13)
  })

  test('spans within a service are no edge', () => {
    observe(0, { trace: 1, span: 1, parent: 7, kind: 1 }, { trace: 1, span: 2, parent: 1, kind: 0 })
    expect(graph.pendingCount).toBe(0)
    expect([...graph.edges()]).toEqual([])
  })
})
