// What the OpenTelemetry SDK's own exporters send arrives whole: seeded spans and log records, compared one by one.
import { context, type Link, type Span, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from './bench-data.ts'
import type { Envelope, LegacyTrace } from './jaeger/wire.ts'
import { type RunningBackend, startBackend } from './testing/running-backend.ts'

let backend: RunningBackend
beforeAll(async () => {
  backend = await startBackend()
})
afterAll(() => backend.stop())

type Compression = NonNullable<NonNullable<ConstructorParameters<typeof OTLPTraceExporter>[0]>['compression']>
// The values of an enum whose package is not among our dependencies.
const GZIP = 'gzip' as Compression
const NONE = 'none' as Compression

const SERVICES = ['gateway', 'orders', 'payments']
const SPANS = 1500
const LOGS = 800

interface Sent {
  traceID: string
  spanID: string
  parentID: string | undefined
  name: string
  service: string
  kind: string
  tags: Record<string, unknown>
  links: string[]
  events: number
  failed: boolean
}

test('spans', async () => {
  const random = seededRandom(42)
  const providers = SERVICES.map((service) => tracerProvider(service))
  const open: { span: Span; sent: Sent }[] = []
  const all: Sent[] = []
  for (let i = 0; i < SPANS; i++) {
    const parent = random() < 0.8 ? open[Math.floor(random() * open.length)] : undefined
    const candidate = random() < 0.2 ? open[Math.floor(random() * open.length)] : undefined
    // A link to the parent would turn the reference to it into FOLLOWS_FROM, as in Jaeger: the golden pairs have that.
    const linked = candidate === parent ? undefined : candidate
    const service = Math.floor(random() * SERVICES.length)
    const made = startSpan(random, providers[service]!, SERVICES[service]!, i, parent?.span, linked?.span)
    open.push(made)
    all.push(made.sent)
    if (open.length > 40) open.shift()!.span.end()
  }
  for (const { span } of open) span.end()
  await Promise.all(providers.map((provider) => provider.shutdown()))

  expect(backend.stats().spans).toMatchObject({ received: SPANS, stored: SPANS, refused: 0, duplicates: 0 })
  const stored = await storedSpans(new Set(all.map((span) => span.traceID)))
  expect(stored).toEqual(all.sort(bySpanId))
})

test('log records, with their traces', async () => {
  const random = seededRandom(43)
  const exporter = new OTLPLogExporter({ url: `${backend.otlpUrl}/v1/logs`, compression: GZIP })
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': 'orders', 'service.instance.id': 'orders-1' }),
    processors: [new BatchLogRecordProcessor({ exporter, maxQueueSize: LOGS, maxExportBatchSize: 100 })],
  })
  const logger = provider.getLogger('pino')
  const sent = Array.from({ length: LOGS }, (_, i) => {
    const spanContext = { traceId: hex(random, 32), spanId: hex(random, 16), traceFlags: TraceFlags.SAMPLED }
    const bound = random() < 0.5
    const severityNumber = random() < 0.5 ? 9 : 17
    const record = { severityNumber, severityText: 'text', body: `message ${i}`, attributes: { i, ok: random() < 0.5 } }
    const ctx = bound ? trace.setSpanContext(context.active(), spanContext) : context.active()
    logger.emit({ ...record, context: ctx, timestamp: Date.now() })
    const { body, severityText: severity, attributes } = record
    return {
      body,
      severity,
      severityNumber,
      attributes,
      traceID: bound ? spanContext.traceId : '',
      spanID: bound ? spanContext.spanId : '',
    }
  })
  await provider.shutdown()
  const { body } = await backend.get('/api/logs?limit=5000&instance=orders-1')
  const { data } = body as { data: { body: string; timeUnixNano: string; service: string; instance: string }[] }
  const byNumber = (a: { body: string }, b: { body: string }) => Number(a.body.slice(8)) - Number(b.body.slice(8))
  expect(data.sort(byNumber).map(({ timeUnixNano: _t, service: _s, instance: _i, ...rest }) => rest)).toEqual(sent)
  const bound = sent.find((record) => record.traceID !== '')
  expect((await backend.get(`/api/logs?traceID=${bound?.traceID}`)).body).toMatchObject({
    data: [{ body: bound?.body, service: 'orders' }],
  })
})

function tracerProvider(service: string): BasicTracerProvider {
  const exporter = new OTLPTraceExporter({
    url: `${backend.otlpUrl}/v1/traces`,
    compression: service === 'orders' ? GZIP : NONE,
  })
  return new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': `${service}-1` }),
    spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: SPANS, maxExportBatchSize: 200 })],
  })
}

function startSpan(
  random: () => number,
  provider: BasicTracerProvider,
  service: string,
  i: number,
  parent: Span | undefined,
  linked: Span | undefined,
): { span: Span; sent: Sent } {
  const kind = Math.floor(random() * 5)
  const attributes = { i, half: i + 0.5, text: 'größe ☃', flag: i % 2 === 0, list: ['a', 'b'] }
  const links: Link[] = linked ? [{ context: linked.spanContext(), attributes: { why: 'batch' } }] : []
  const ctx = parent ? trace.setSpan(context.active(), parent) : context.active()
  const span = provider
    .getTracer('test', '1.0')
    .startSpan(`span ${i % 20}`, { kind, attributes, links, root: !parent }, ctx)
  const failed = random() < 0.1
  if (failed) {
    span.recordException(new Error('it broke'))
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'it broke' })
  }
  const { traceId, spanId } = span.spanContext()
  const sent: Sent = {
    traceID: traceId,
    spanID: spanId,
    parentID: parent?.spanContext().spanId,
    name: `span ${i % 20}`,
    service,
    kind: [SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER].map((k) =>
      SpanKind[k].toLowerCase(),
    )[kind]!,
    tags: { ...attributes, list: '["a","b"]' },
    links: linked ? [linked.spanContext().spanId] : [],
    events: failed ? 1 : 0,
    failed,
  }
  return { span, sent }
}

async function storedSpans(traceIds: Set<string>): Promise<Sent[]> {
  const spans: Sent[] = []
  for (const id of traceIds) {
    const { body } = await backend.get(`/api/traces/${id}`)
    const [found] = (body as Envelope<LegacyTrace[]>).data ?? []
    for (const span of found?.spans ?? []) {
      const tags = Object.fromEntries(span.tags.map((tag) => [tag.key, tag.value]))
      const parent = span.references.find((reference) => reference.refType === 'CHILD_OF')
      const { i, half, text, flag, list } = tags
      spans.push({
        traceID: span.traceID,
        spanID: span.spanID,
        parentID: parent?.spanID,
        name: span.operationName,
        service: found!.processes[span.processID]!.serviceName,
        kind: String(tags['span.kind']),
        tags: { i, half, text, flag, list },
        links: span.references
          .filter((reference) => reference.refType === 'FOLLOWS_FROM')
          .map((reference) => reference.spanID),
        events: span.logs.length,
        failed: tags.error === true && tags['otel.status_description'] === 'it broke',
      })
    }
  }
  return spans.sort(bySpanId)
}

function bySpanId(a: Sent, b: Sent): number {
  return a.spanID < b.spanID ? -1 : 1
}

function hex(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')
}
