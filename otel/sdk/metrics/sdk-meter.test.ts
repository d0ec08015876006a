// What becomes of the SDK's own spans, as its batch processor tells it.
import { context, createNoopMeter, SpanKind } from '@opentelemetry/api'
import { ExportResultCode } from '@opentelemetry/core'
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base'
import { expect, test } from 'vitest'
import { scrapeText, seriesOf } from '../../../test/scrape.ts'
import { createMetrics } from './create-metrics.ts'
import { createSdkMeterProvider } from './sdk-meter.ts'

test('spans that were delivered, lost in export, and dropped since the queue was full', async () => {
  const metrics = createMetrics()
  let works = true
  const exporter: SpanExporter = {
    export(_spans, done) {
      if (works) done({ code: ExportResultCode.SUCCESS })
      else done({ code: ExportResultCode.FAILED, error: new TypeError('unreachable') })
    },
    shutdown: async () => {},
  }
  const processor = new BatchSpanProcessor(exporter, {
    maxQueueSize: 4,
    maxExportBatchSize: 4,
    scheduledDelayMillis: 60_000,
    selfObsMeterProvider: createSdkMeterProvider(metrics),
  } as ConstructorParameters<typeof BatchSpanProcessor>[1])
  const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('test')
  const make = (count: number) => {
    for (let i = 0; i < count; i++) tracer.startSpan('span', { kind: SpanKind.SERVER }, context.active()).end()
  }
  const processed = async () =>
    Object.fromEntries(
      seriesOf(scrapeText(metrics), 'otel_sdk_processor_span_processed_total').map(({ labels, value }) => [
        labels.error_type ?? 'delivered',
        value,
      ]),
    )
  expect(await processed()).toEqual({ delivered: 0 })
  make(3)
  expect(seriesOf(scrapeText(metrics), 'otel_sdk_processor_span_queue_size')).toEqual([{ labels: {}, value: 3 }])
  await processor.forceFlush()
  works = false
  make(2)
  await processor.forceFlush().catch(() => undefined)
  works = true
  expect(await processed()).toEqual({ delivered: 3, TypeError: 2 })
  // The fourth starts an export at once, which takes them all; its answer comes when these have gone on.
  make(4 + 4 + 5)
  await processor.forceFlush()
  const { delivered = 0, queue_full: dropped = 0 } = await processed()
  expect(dropped).toBeGreaterThan(0)
  expect(delivered + dropped).toBe(3 + 13)
  expect(seriesOf(scrapeText(metrics), 'faultline_telemetry_dropped_total')).toEqual([
    { labels: { signal: 'traces' }, value: dropped + 2 },
  ])
  await processor.shutdown()
})

test('the meter that everybody else shares stays as it was', () => {
  const shared = createNoopMeter()
  const before = shared.createCounter
  createSdkMeterProvider(createMetrics()).getMeter('sdk').createCounter('some.thing').add(1)
  expect(createNoopMeter().createCounter).toBe(before)
})
