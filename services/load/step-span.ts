// The root span of each request: what the shopper was about, and whether the answer was right. A wrong answer is an error here,
// though every span below it may be fine.
import { context, propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { CUSTOMER_REGION } from '../../otel/sdk/customer-region.ts'
import type { Logger } from '../../otel/sdk/logger.ts'
import type { StepContext } from './engine.ts'
import type { Outcome } from './tally.ts'

const tracer = trace.getTracer('faultline/load')

/** Runs a step as a trace of its own, with the customer's region as baggage. */
export function withStepSpan(
  step: StepContext,
  log: Pick<Logger, 'warn'>,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  const baggage = propagation.createBaggage({ [CUSTOMER_REGION]: { value: step.region } })
  const attributes = {
    'faultline.journey': step.journey,
    'faultline.step': step.step,
    ...(step.attempt > 1 ? { 'faultline.attempt': step.attempt } : {}),
  }
  const root = propagation.setBaggage(ROOT_CONTEXT, baggage)
  return tracer.startActiveSpan(
    `${step.journey}: ${step.step}`,
    { kind: SpanKind.INTERNAL, attributes },
    root,
    async (span) => {
      const outcome = await run()
      note(span, outcome)
      if (outcome.kind === 'wrong') {
        const { reason, detail } = outcome
        log.warn({ journey: step.journey, step: step.step, reason, detail }, 'a wrong answer')
      }
      span.end()
      return outcome
    },
  )
}

/** The trace that is being written, or undefined while telemetry is off. */
export function currentTraceId(): string | undefined {
  const span = trace.getSpan(context.active())
  return span?.isRecording() ? span.spanContext().traceId : undefined
}

function note(span: Span, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'ok':
      return
    case 'pending':
    case 'refused':
      span.setAttribute('faultline.outcome', outcome.kind === 'refused' ? outcome.reason : outcome.kind)
      return
    case 'wrong':
      span.setAttribute('error.type', `wrong_answer.${outcome.reason}`)
      span.setStatus({ code: SpanStatusCode.ERROR, message: `wrong answer: ${outcome.detail}` })
      return
    case 'error':
      // The failure itself stands on the client span below.
      span.setAttribute('error.type', outcome.reason)
      span.setStatus({ code: SpanStatusCode.ERROR })
  }
}
