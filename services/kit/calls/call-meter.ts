// Measures the calls of one caller: each attempt, and what keeps attempts from being made. Its labels are closed sets.
import { type SpanContext, trace } from '@opentelemetry/api'
import { type Metrics, noMetrics } from '../../../otel/sdk/metrics/instruments.ts'
import type { CallerSnapshot } from './balanced-caller.ts'
import type { CallRequest } from './caller.ts'
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
  /** A repeat that would have made sense was not in the budget. */
  repeatRefused(): void
  breakerChanged(state: BreakerState): void
  ejected(instance: string): void
  /** Reads the caller's state at each scrape. */
  observe(snapshot: () => CallerSnapshot): void
}

const breakerStates = ['closed', 'open', 'half_open'] as const satisfies BreakerState[]

/** @param customerRegion of a caller that stands in for the customers of a region */
export function createCallMeter(metrics: Metrics, callee: string, customerRegion: string | undefined): CallMeter {
  const who = { server_address: callee, customer_region: customerRegion }
  const labels = ['server_address', 'customer_region'] as const
  const duration = metrics.histogram({
    name: 'http_client_request_duration_seconds',
    help: 'Attempts of calls to other nodes',
    labels: [
      ...labels,
      'faultline_callee_instance',
      'http_request_method',
      'url_template',
      'http_response_status_code',
      'error_type',
    ],
  })
  const retries = metrics.counter({
    name: 'faultline_client_retries_total',
    help: 'Attempts after the first',
    labels,
  })
  const retriesRefused = metrics.counter({
    name: 'faultline_client_retries_refused_total',
    help: 'Repeats that the retry budget did not allow',
    labels,
  })
  const transitions = metrics.counter({
    name: 'faultline_client_breaker_transitions_total',
    help: 'Changes of the breaker, by the state that it came to',
    labels: [...labels, 'state'],
  })
  const ejections = metrics.counter({
    name: 'faultline_client_ejections_total',
    help: 'Replicas left out for a while since they kept failing',
    labels: [...labels, 'faultline_callee_instance'],
  })
  // Known from the start, so that the first of each is seen as an increase.
  retries.add(who, 0)
  retriesRefused.add(who, 0)
  for (const state of breakerStates) transitions.add({ ...who, state }, 0)

  return {
    attempt({ request, instance, span = trace.getActiveSpan()?.spanContext(), outcome, durationMs }) {
      duration.record(
        durationMs / 1_000,
        {
          ...who,
          faultline_callee_instance: instance,
          http_request_method: request.method,
          url_template: request.route,
          ...resultOf(outcome),
        },
        span,
      )
    },
    repeated: () => retries.add(who),
    repeatRefused: () => retriesRefused.add(who),
    breakerChanged: (state) => transitions.add({ ...who, state }),
    ejected: (instance) => ejections.add({ ...who, faultline_callee_instance: instance }),
    observe(snapshot) {
      if (metrics !== noMetrics) observeCaller(metrics, who, snapshot)
    },
  }
}

/** A refusal (4xx) is an answer that went well: `error_type` tells of callees that failed, and of answers that never came. */
function resultOf(outcome: Outcome) {
  if (outcome.kind === 'failed') {
    return { http_response_status_code: undefined, error_type: outcome.failure.reason }
  }
  const { status } = outcome.response
  return { http_response_status_code: String(status), error_type: status >= 500 ? String(status) : undefined }
}

type Who = { server_address: string; customer_region: string | undefined }

function observeCaller(metrics: Metrics, who: Who, snapshot: () => CallerSnapshot): void {
  const labels = ['server_address', 'customer_region'] as const
  metrics.observeGauge({ name: 'http_client_active_requests', help: 'Attempts under way', labels }, () => [
    [who, snapshot().replicas.reduce((sum, { inFlight }) => sum + inFlight, 0)],
  ])
  metrics.observeGauge(
    { name: 'faultline_client_queued_attempts', help: 'Attempts that wait for their turn in the bulkhead', labels },
    () => [[who, snapshot().queued]],
  )
  metrics.observeGauge(
    { name: 'faultline_client_retry_budget', help: 'Repeats that may be made at once', labels },
    () => [[who, snapshot().retryBudget]],
  )
  metrics.observeGauge(
    {
      name: 'faultline_client_breaker_state',
      help: '1 for the state that the breaker is in, 0 for the others',
      labels: [...labels, 'state'],
    },
    () => {
      const { breaker } = snapshot()
      return breakerStates.map((state) => [{ ...who, state }, state === breaker ? 1 : 0] as const)
    },
  )
  metrics.observeGauge(
    { name: 'faultline_client_endpoints', help: 'Replicas to choose from', labels: [...labels, 'state'] },
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
