// Copies the customer's region from W3C baggage onto every span, so that any span can be searched and grouped by it.
import { type Context, propagation } from '@opentelemetry/api'
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace-base'

export const CUSTOMER_REGION = 'customer.region'

export class CustomerRegionProcessor implements SpanProcessor {
  onStart(span: Span, parent: Context): void {
    const region = propagation.getBaggage(parent)?.getEntry(CUSTOMER_REGION)?.value
    if (region) span.setAttribute(CUSTOMER_REGION, region)
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
