// Measures what a server does not work on at once: who waits and for how long, and who is refused and why.
import { type Metrics, noMetrics } from '../../../../otel/sdk/metrics/instruments.ts'
import type { DropReason } from './waiting-line.ts'

export type ShedReason = DropReason | 'rate_limit' | 'loop_delay'

const reasons = [
  'queue_full',
  'loop_delay',
  'rate_limit',
  'deadline',
  'abandoned',
] as const satisfies readonly ShedReason[]

export type AdmissionMeter = {
  shed(reason: ShedReason): void
  /** A request has left the line after so long. */
  waited(durationMs: number): void
  observe(read: () => { inFlight: number; queued: number }): void
}

export function createAdmissionMeter(metrics: Metrics): AdmissionMeter {
  if (metrics === noMetrics) return { shed() {}, waited() {}, observe() {} }
  const shed = metrics.counter({
    name: 'faultline_requests_shed_total',
    help: 'Requests that were not worked on, by why',
    labels: ['reason'],
  })
  for (const reason of reasons) shed.add({ reason }, 0)
  const wait = metrics.histogram({
    name: 'faultline_admission_wait_seconds',
    help: 'How long requests waited that could not be worked on at once',
  })
  return {
    shed: (reason) => shed.add({ reason }),
    waited: (durationMs) => wait.record(durationMs / 1_000, {}),
    observe(read) {
      metrics.observeGauge(
        { name: 'faultline_admission_queued', help: 'Requests that wait for their turn' },
        () => read().queued,
      )
      metrics.observeGauge(
        { name: 'faultline_admission_in_flight', help: 'Requests that are worked on' },
        () => read().inFlight,
      )
    },
  }
}
