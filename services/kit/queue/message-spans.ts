// Producer and consumer spans as the messaging conventions have them: the consumer's span continues the producer's trace and links to it.
// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
import {
  type Attributes,
  context,
  type Link,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions'

const tracer = trace.getTracer('faultline.queue')

function messagingAttributes(queue: string, operation: 'send' | 'process', messageId: string): Attributes {
  return {
    'messaging.system': 'pg-boss',
    'messaging.destination.name': queue,
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.message.id': messageId,
  }
}

/** Runs `send` in a producer span; `carrier` is the trace context to put into the message. */
export function withProducerSpan<T>(
  queue: string,
  messageId: string,
  send: (carrier: Record<string, string>) => Promise<T>,
): Promise<T> {
  const options = { kind: SpanKind.PRODUCER, attributes: messagingAttributes(queue, 'send', messageId) }
  return tracer.startActiveSpan(`send ${queue}`, options, (span) => {
    const carrier: Record<string, string> = {}
    propagation.inject(context.active(), carrier)
    return settle(span, () => send(carrier))
  })
}

/** Runs `work` in a consumer span that is a child of the producer's and links to it. A redelivery says how often it came before. */
export function withConsumerSpan<T>(
  queue: string,
  message: { id: string; redeliveries: number; carrier: Record<string, string> },
  work: () => Promise<T>,
): Promise<T> {
  const parent = propagation.extract(context.active(), message.carrier)
  const producer = trace.getSpanContext(parent)
  const links: Link[] = producer ? [{ context: producer }] : []
  const attributes = {
    ...messagingAttributes(queue, 'process', message.id),
    ...(message.redeliveries > 0 ? { 'faultline.message.redeliveries': message.redeliveries } : {}),
  }
  return tracer.startActiveSpan(`process ${queue}`, { kind: SpanKind.CONSUMER, attributes, links }, parent, (span) =>
    settle(span, work),
  )
}

/**
 * Runs `work` in a span of its own trace that links to an earlier one: for work that finishes what another trace began.
 * @param traceparent of the trace that began it, in W3C form
 */
export function withLinkedSpan<T>(name: string, traceparent: string | null, work: () => Promise<T>): Promise<T> {
  const earlier = traceparent ? trace.getSpanContext(propagation.extract(context.active(), { traceparent })) : undefined
  const options = { root: true, links: earlier ? [{ context: earlier }] : [] }
  return tracer.startActiveSpan(name, options, (span) => settle(span, work))
}

/** The current trace context in W3C form, to be kept with work that another trace may have to finish. */
export function currentTraceparent(): string | null {
  const carrier: Record<string, string> = {}
  propagation.inject(context.active(), carrier)
  return carrier.traceparent ?? null
}

async function settle<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // Recorded where it arose already; here only the outcome is marked.
    const type = error instanceof Error && 'code' in error ? String(error.code) : 'error'
    span.setAttribute(ATTR_ERROR_TYPE, type)
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : 'failed' })
    throw error
  } finally {
    span.end()
  }
}
