// Measures the calls of one caller: each attempt, and what keeps attempts from being made. Its labels are closed sets.
import { type SpanContext, trace } from '@opentelemetry/api'
import { type Metrics, noMetrics } from '../../../otel/sdk/metrics/instruments.ts'
import type { CallerSnapshot } from './balanced-caller.ts'
import type { CallFailureReason, CallRequest } from './caller.ts'
import type { BreakerState } from './guard.ts'
import type { Outcome } from './outcome.ts'

export type MeasuredAttempt = {
  request: CallRequest
  /** The replica that was asked, if one was. */
  instance: string | undefined
  /** Of the attempt's client span; the active one stands in for it. */
  span: SpanContext | undefined
  outcome: Outcome
  durationMs: number
}

export type CallMeter = {
  attempt(attempt: MeasuredAttempt): void
  repeated(): void
  /** A second attempt was sent beside one that takes long. */
  hedged(): void
  hedgeWon(): void
  /** A repeat that would have made sense was not in the budget. */
  repeatRefused(): void
  breakerChanged(state: BreakerState): void
  ejected(instance: string): void
  /** The body of an answer is not the one whose checksum came with it. */
  damaged(): void
  /** Reads the caller's state at each scrape. */
  observe(snapshot: () => CallerSnapshot): void
}

const labels = ['callee', 'customer_region'] as const
type Who = { callee: string; customer_region: string | undefined }

const breakerStates = ['closed', 'open', 'half_open'] as const satisfies BreakerState[]

/** @param customerRegion of a caller that stands in for the customers of a region */
export function createCallMeter(metrics: Metrics, callee: string, customerRegion: string | undefined): CallMeter {
  const who = { callee, customer_region: customerRegion }
  const duration = metrics.histogram({
    name: 'http_client_request_duration_seconds',
    help: 'Attempts of calls to other nodes',
    labels: [
      ...labels,
      'callee_instance',
      'outcome',
      'http_request_method',
      'url_template',
      'http_response_status_code',
      'error_type',
    ],
  })
  const retries = metrics.counter({
    name: 'faultline_retries_total',
    help: 'Attempts after the first',
    labels,
  })
  const retriesRefused = metrics.counter({
    name: 'faultline_retries_refused_total',
    help: 'Repeats that the retry budget did not allow',
    labels,
  })
  const hedges = metrics.counter({
    name: 'faultline_hedges_total',
    help: 'Attempts sent beside one that takes long',
    labels,
  })
  const hedgesWon = metrics.counter({
    name: 'faultline_hedges_won_total',
    help: 'Hedges whose answer was the one that counted',
    labels,
  })
  const transitions = metrics.counter({
    name: 'faultline_breaker_transitions_total',
    help: 'Changes of the breaker, by the state that it came to',
    labels: [...labels, 'state'],
  })
  const ejections = metrics.counter({
    name: 'faultline_ejections_total',
    help: 'Replicas left out for a while since they kept failing',
    labels: [...labels, 'callee_instance'],
  })
  const damaged = metrics.counter({
    name: 'faultline_checksum_mismatches_total',
    help: 'Answers whose body is not the one that their sender made',
    labels,
  })
  // Known from the start, so that the first of each is seen as an increase.
  retries.add(who, 0)
  retriesRefused.add(who, 0)
  hedges.add(who, 0)
  damaged.add(who, 0)
  hedgesWon.add(who, 0)
  for (const state of breakerStates) transitions.add({ ...who, state }, 0)

  return {
    attempt({ request, instance, span = trace.getActiveSpan()?.spanContext(), outcome, durationMs }) {
      // Written out, not spread: this runs for every attempt.
      duration.record(
        durationMs / 1_000,
        {
          callee,
          customer_region: customerRegion,
          callee_instance: instance,
          outcome: outcomeLabel(outcome),
          http_request_method: request.method,
          url_template: request.route,
          http_response_status_code: outcome.kind === 'answered' ? String(outcome.response.status) : undefined,
          error_type: outcome.kind === 'failed' ? errorType(outcome.failure.code) : undefined,
        },
        span,
      )
    },
    repeated: () => retries.add(who),
    hedged: () => hedges.add(who),
    hedgeWon: () => hedgesWon.add(who),
    repeatRefused: () => retriesRefused.add(who),
    breakerChanged: (state) => transitions.add({ ...who, state }),
    damaged() {
      damaged.add(who)
      trace.getActiveSpan()?.setAttribute('faultline.checksum.mismatch', callee)
    },
    ejected: (instance) => ejections.add({ ...who, callee_instance: instance }),
    observe(snapshot) {
      if (metrics !== noMetrics) observeCaller(metrics, who, snapshot)
    },
  }
}

const failureOutcomes = {
  connect: 'connect',
  reset: 'reset',
  timeout: 'timeout',
  cancelled: 'cancelled',
  no_endpoint: 'no_endpoint',
  breaker_open: 'rejected',
  overloaded: 'rejected',
  body_too_large: 'server_error',
} as const satisfies Record<CallFailureReason, string>

/** Codes of sockets, for there is an end to them; other failures are told by their outcome alone. */
const socketCode = /^E[A-Z]{3,20}$/

function errorType(code: string): string | undefined {
  return socketCode.test(code) || code === 'EAI_AGAIN' ? code : undefined
}

function outcomeLabel(outcome: Outcome): string {
  if (outcome.kind === 'failed') return failureOutcomes[outcome.failure.reason]
  const { status } = outcome.response
  if (status >= 500) return 'server_error'
  return status >= 400 ? 'client_error' : 'ok'
}

function observeCaller(metrics: Metrics, who: Who, snapshot: () => CallerSnapshot): void {
  metrics.observeGauge(
    { name: 'http_client_active_requests', help: 'Attempts under way', labels: [...labels, 'callee_instance'] },
    () =>
      snapshot().replicas.map(({ instance, inFlight }) => [{ ...who, callee_instance: instance }, inFlight] as const),
  )
  metrics.observeGauge(
    { name: 'faultline_bulkhead_queued', help: 'Attempts that wait for their turn in the bulkhead', labels },
    () => [[who, snapshot().queued]],
  )
  metrics.observeGauge({ name: 'faultline_retry_budget', help: 'Repeats that may be made at once', labels }, () => [
    [who, snapshot().retryBudget],
  ])
  metrics.observeGauge(
    {
      name: 'faultline_breaker_state',
      help: '1 for the state that the breaker is in, 0 for the others',
      labels: [...labels, 'state'],
    },
    () => {
      const { breaker } = snapshot()
      return breakerStates.map((state) => [{ ...who, state }, state === breaker ? 1 : 0] as const)
    },
  )
  metrics.observeGauge(
    { name: 'faultline_endpoints', help: 'Replicas to choose from', labels: [...labels, 'state'] },
    () => {
      const { replicas } = snapshot()
      const ejected = replicas.filter((replica) => replica.ejected).length
      return [
        [{ ...who, state: 'healthy' }, replicas.length - ejected],
        [{ ...who, state: 'ejected' }, ejected],
      ]
    },
  )
}
