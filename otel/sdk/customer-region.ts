// Copies the customer's region from W3C baggage onto every span, so that any span can be searched and grouped by it.
import { type Context, context, propagation } from '@opentelemetry/api'
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace-base'

export const CUSTOMER_REGION = 'customer.region'

/** The region of the customer whom the current work is for; `unknown` when it is nobody's. */
export function currentCustomerRegion(): string {
  return propagation.getBaggage(context.active())?.getEntry(CUSTOMER_REGION)?.value ?? 'unknown'
}

export class CustomerRegionProcessor implements SpanProcessor {
  onStart(span: Span, parent: Context): void {
    const region = propagation.getBaggage(parent)?.getEntry(CUSTOMER_REGION)?.value
    if (region) span.setAttribute(CUSTOMER_REGION, region)
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
