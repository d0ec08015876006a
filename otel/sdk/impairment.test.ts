// Telemetry that is impaired, part by part, on the SDK itself.
import { context, defaultTextMapGetter, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import { ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { expect, test } from 'vitest'
import { scrapeText, seriesValue } from '../../test/scrape.ts'
import { HeadSampler } from './head-sampler.ts'
import { Impairments, unimpaired } from './impairment.ts'
import { createMetrics } from './metrics/create-metrics.ts'
import { ContextPropagator } from './propagator.ts'
import { RootSpanMeter } from './root-span-meter.ts'
import { NOBODY_TIMEOUT_MS, nobodysUrl, SwitchedExporter } from './switched-exporter.ts'

function setUp() {
  const impairments = new Impairments()
  const metrics = createMetrics()
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({
    sampler: new HeadSampler(impairments, metrics),
    spanProcessors: [new RootSpanMeter(metrics), new SimpleSpanProcessor(exporter)],
  })
  const read = async (name: string, labels = {}) => seriesValue(scrapeText(metrics), name, labels) ?? 0
  return { impairments, exporter, provider, tracer: provider.getTracer('test'), read }
}

test('head sampling: metrics count failures of which there are next to no traces', async () => {
  const { impairments, exporter, tracer, read } = setUp()
  impairments.current = { ...unimpaired, keepRatio: 0.05 }
  let failures = 0
  for (let index = 0; index < 2_000; index++) {
    const root = tracer.startSpan('request', { kind: SpanKind.SERVER })
    const child = tracer.startSpan('work', {}, trace.setSpan(ROOT_CONTEXT, root))
    if (index % 100 === 0) {
      failures += 1
      child.setAttribute('failed', true)
    }
    child.end()
    root.end()
  }
  const kept = exporter.getFinishedSpans()
  const traces = new Set(kept.map((span) => span.spanContext().traceId)).size
  // Whole traces or nothing, one in twenty: 100 expected, with a deviation of 10.
  expect(kept.length).toBe(2 * traces)
  expect(traces).toBeGreaterThan(50)
  expect(traces).toBeLessThan(150)
  expect(failures).toBe(20)
  expect(kept.filter(({ attributes }) => attributes.failed).length).toBeLessThan(8)
  expect(await read('otel_sdk_span_started_total', { otel_span_sampling_result: 'DROP' })).toBe(4_000 - 2 * traces)
  expect(await read('otel_sdk_span_started_total', { otel_span_sampling_result: 'RECORD_AND_SAMPLE' })).toBe(2 * traces)
  // 95 % of 2^56, in its first digits.
  expect(kept[0]?.spanContext().traceState?.get('ot')).toBe('th:f333')
})

test('without it all are kept, and none carries a threshold', () => {
  const { exporter, tracer } = setUp()
  for (let index = 0; index < 50; index++) tracer.startSpan('request').end()
  expect(exporter.getFinishedSpans()).toHaveLength(50)
  expect(exporter.getFinishedSpans()[0]?.spanContext().traceState).toBeUndefined()
})

test('lost context: a request begins a trace of its own and keeps its baggage, a message does not', async () => {
  const { impairments, tracer, read } = setUp()
  const propagator = new ContextPropagator(impairments)
  const carrier = {
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    baggage: 'customer.region=eu',
  }
  const request = { ...carrier, host: 'payments' }
  const traceOf = (from: object) => {
    const parent = propagator.extract(ROOT_CONTEXT, from, defaultTextMapGetter)
    expect(propagation.getBaggage(parent)?.getEntry('customer.region')?.value).toBe('eu')
    const span = tracer.startSpan('serve', { kind: SpanKind.SERVER }, parent)
    span.end()
    return span.spanContext().traceId
  }
  expect(traceOf(request)).toBe('a'.repeat(32))
  expect(await read('faultline_root_server_spans_total')).toBe(0)
  impairments.current = { ...unimpaired, losesContext: () => true }
  expect(traceOf(request)).not.toBe('a'.repeat(32))
  expect(traceOf(carrier)).toBe('a'.repeat(32))
  expect(await read('faultline_root_server_spans_total')).toBe(1)
  impairments.current = unimpaired
  expect(traceOf(request)).toBe('a'.repeat(32))
  expect(context.active()).toBe(ROOT_CONTEXT)
})

test('a collector that is gone: the export fails, and works again when it is back', async () => {
  const { impairments, exporter, tracer } = setUp()
  tracer.startSpan('kept').end()
  const [span] = exporter.getFinishedSpans()
  if (!span) throw new Error('nothing was recorded')
  const collector = new InMemorySpanExporter()
  const switched = new SwitchedExporter<ReadableSpan>(
    collector,
    () => new OTLPTraceExporter({ url: `${nobodysUrl}/v1/traces`, timeoutMillis: NOBODY_TIMEOUT_MS }),
    impairments,
  )
  const send = () => new Promise<number>((resolve) => switched.export([span], ({ code }) => resolve(code)))
  expect(await send()).toBe(ExportResultCode.SUCCESS)
  impairments.current = { ...unimpaired, collectorGone: true }
  expect(await send()).toBe(ExportResultCode.FAILED)
  expect(collector.getFinishedSpans()).toHaveLength(1)
  impairments.current = unimpaired
  expect(await send()).toBe(ExportResultCode.SUCCESS)
  expect(collector.getFinishedSpans()).toHaveLength(2)
  await switched.shutdown()
})
