// The load generator's own view in metrics: what was offered, what came back, and how long customers waited. No server can see all of it.
import { trace } from '@opentelemetry/api'
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import type { DropReason, RequestRecord } from './tally.ts'

export type LoadMeter = {
  offered(count: number): void
  dropped(reason: DropReason, count: number): void
  /** Call it within the request's span. */
  finished(record: RequestRecord): void
  /** Reads the engine's state at each scrape. */
  observe(engine: { readonly rate: number; readonly inFlight: number; readonly shoppers: number }): void
}

const dropReasons = { inFlight: 'in_flight', late: 'late' } as const satisfies Record<DropReason, string>

export function createLoadMeter(metrics: Metrics): LoadMeter {
  const offered = metrics.counter({
    name: 'load_requests_offered_total',
    help: 'Arrivals, whether they were sent or dropped',
  })
  const dropped = metrics.counter({
    name: 'load_requests_dropped_total',
    help: 'Arrivals that were not sent, since too many were in flight or the generator was held up',
    labels: ['reason'],
  })
  const duration = metrics.histogram({
    name: 'load_request_duration_seconds',
    help: 'What customers waited, and for what',
    labels: ['journey', 'customer_region', 'outcome'],
  })
  const failures = metrics.counter({
    name: 'load_request_failures_total',
    help: 'Requests without an answer or with a wrong one, by reason',
    labels: ['outcome', 'reason'],
  })
  offered.add({}, 0)
  for (const reason of Object.values(dropReasons)) dropped.add({ reason }, 0)

  return {
    offered: (count) => offered.add({}, count),
    dropped(reason, count) {
      offered.add({}, count)
      dropped.add({ reason: dropReasons[reason] }, count)
    },
    finished({ journey, region: customer_region, outcome, latencyMs }) {
      // A right answer that only is not final yet.
      const kind = outcome.kind === 'pending' ? 'ok' : outcome.kind
      const labels = { journey, customer_region, outcome: kind }
      duration.record(latencyMs / 1_000, labels, trace.getActiveSpan()?.spanContext())
      if (outcome.kind === 'wrong' || outcome.kind === 'error') {
        failures.add({ outcome: outcome.kind, reason: outcome.reason })
      }
    },
    observe(engine) {
      if (metrics === noMetrics) return
      metrics.observeGauge({ name: 'load_target_requests_per_second', help: 'The setting' }, () => engine.rate)
      metrics.observeGauge(
        { name: 'load_requests_in_flight', help: 'Requests that wait for their answers' },
        () => engine.inFlight,
      )
      metrics.observeGauge({ name: 'load_shoppers', help: 'Customers in the shop' }, () => engine.shoppers)
    },
  }
}
