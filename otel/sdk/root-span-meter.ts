// Counts the server spans that begin a trace: where customers enter, all do; further inside, each is a context that was lost.
import { type Context, SpanKind } from '@opentelemetry/api'
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Metrics } from './metrics/instruments.ts'

export class RootSpanMeter implements SpanProcessor {
  readonly #count: (value?: number) => void

  constructor(metrics: Metrics) {
    const roots = metrics.counter({
      name: 'faultline_root_server_spans_total',
      help: 'Requests whose server span begins a trace',
    })
    this.#count = (value) => roots.add({}, value)
    this.#count(0)
  }

  onStart(span: Span, _parent: Context): void {
    if (span.kind === SpanKind.SERVER && !span.parentSpanContext) this.#count()
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
