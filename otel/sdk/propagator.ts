// W3C trace context and baggage, as the SDK's default has them; of requests whose context shall not be read, the baggage alone.
import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import type { Impairments } from './impairment.ts'

const baggage = new W3CBaggagePropagator()
const all = new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), baggage] })

export class ContextPropagator implements TextMapPropagator {
  readonly #impairments: Impairments

  constructor(impairments: Impairments) {
    this.#impairments = impairments
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    all.inject(context, carrier, setter)
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const { losesContext } = this.#impairments.current
    return losesContext && isRequest(carrier) && losesContext()
      ? baggage.extract(context, carrier, getter)
      : all.extract(context, carrier, getter)
  }

  fields(): string[] {
    return all.fields()
  }
}

/** Not the context that a message carries: only requests have a host. */
function isRequest(carrier: unknown): boolean {
  return typeof carrier === 'object' && carrier !== null && 'host' in carrier
}
