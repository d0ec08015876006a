// OpenTelemetry in the browser, for the storefront only: what the customer does is the root span, and each request to the shop a child.
// Set up when the storefront is first shown; other views' requests are not traced.
import { type Context, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, WebTracerProvider } from '@opentelemetry/sdk-trace-web'
import { routeOf } from './shop-model.ts'

export type Action = {
  traceId: string
  /** Runs what asks the shop, as part of the action. Call it again after each `await`: the context does not survive one. */
  within<T>(run: () => T): T
  end(error?: unknown): void
}

export type Tracing = { start(name: string, attributes: Record<string, string>, startMs?: number): Action }

/** Below /shop, from which the route is told. */
const SHOP = '/shop'

export function createTracing(version: string): Tracing {
  const provider = new WebTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'storefront',
      'service.instance.id': 'browser',
      'service.version': version,
      'cloud.region': 'customer',
    }),
    spanProcessors: [
      new BatchSpanProcessor(
        new OTLPTraceExporter({
          url: '/otlp/v1/traces',
          headers: { 'x-faultline-console': '1' },
          timeoutMillis: 5_000,
        }),
        { scheduledDelayMillis: 400, maxQueueSize: 500, maxExportBatchSize: 100 },
      ),
    ],
    spanLimits: { attributeCountLimit: 40, attributeValueLengthLimit: 300 },
  })
  provider.register()
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [
      new FetchInstrumentation({
        // Whatever is no request to the shop.
        ignoreUrls: [/^(?!.*\/shop\/api\/)/],
        clearTimingResources: true,
        ignoreNetworkEvents: true,
        applyCustomAttributesOnSpan: nameByRoute,
      }),
    ],
  })
  const tracer = provider.getTracer('faultline.storefront')
  return {
    start(name, attributes, startMs) {
      const span = tracer.startSpan(
        name,
        { kind: SpanKind.INTERNAL, attributes, ...(startMs === undefined ? {} : { startTime: startMs }) },
        context.active(),
      )
      return actionOf(span, trace.setSpan(context.active(), span))
    },
  }
}

function actionOf(span: Span, active: Context): Action {
  return {
    traceId: span.spanContext().traceId,
    within: (run) => context.with(active, run),
    end(error) {
      if (error !== undefined) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) })
      }
      span.end()
    },
  }
}

function nameByRoute(span: Span, request: Request | RequestInit, result: object): void {
  if (!('url' in result) || typeof result.url !== 'string' || !URL.canParse(result.url)) return
  const path = new URL(result.url).pathname.slice(SHOP.length)
  span.updateName(`${request.method ?? 'GET'} ${routeOf(path)}`)
  span.setAttribute('url.template', routeOf(path))
}
