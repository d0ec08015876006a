// Decides when a trace begins whether it is recorded, and counts what it decides. All are kept, unless a share is asked for; then
// every process decides alike, by the trace's id. https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
import { type Context, createTraceState, trace } from '@opentelemetry/api'
import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace-base'
import type { Impairments } from './impairment.ts'
import type { Metrics } from './metrics/instruments.ts'

/** Bits of a trace's id that are random for sure, as hexadecimal digits. */
const RANDOM_DIGITS = 14
const RANGE = 2 ** 56

export class HeadSampler implements Sampler {
  readonly #impairments: Impairments
  readonly #kept: () => void
  readonly #dropped: () => void

  constructor(impairments: Impairments, metrics: Metrics) {
    this.#impairments = impairments
    const started = metrics.counter({
      name: 'otel_sdk_span_started_total',
      help: 'Spans that were begun, by whether they are recorded',
      labels: ['otel_span_sampling_result'],
    })
    this.#kept = () => started.add({ otel_span_sampling_result: 'RECORD_AND_SAMPLE' })
    this.#dropped = () => started.add({ otel_span_sampling_result: 'DROP' })
    started.add({ otel_span_sampling_result: 'DROP' }, 0)
  }

  shouldSample(context: Context, traceId: string): SamplingResult {
    const parent = trace.getSpanContext(context)
    const { keepRatio } = this.#impairments.current
    const refused = parent !== undefined && (parent.traceFlags & 1) === 0
    if (refused || (keepRatio < 1 && randomnessOf(traceId) < rejectBelow(keepRatio))) {
      this.#dropped()
      return { decision: SamplingDecision.NOT_RECORD }
    }
    this.#kept()
    const traceState = parent?.traceState
    if (keepRatio >= 1) return { decision: SamplingDecision.RECORD_AND_SAMPLED, ...(traceState ? { traceState } : {}) }
    return {
      decision: SamplingDecision.RECORD_AND_SAMPLED,
      traceState: (traceState ?? createTraceState()).set('ot', `th:${thresholdText(keepRatio)}`),
    }
  }

  toString(): string {
    return 'HeadSampler'
  }
}

function randomnessOf(traceId: string): number {
  return Number.parseInt(traceId.slice(-RANDOM_DIGITS), 16)
}

function rejectBelow(keepRatio: number): number {
  return (1 - keepRatio) * RANGE
}

/** The threshold's first digits, as the specification writes them: `th:c` keeps a quarter. */
function thresholdText(keepRatio: number): string {
  const digits = Math.round(rejectBelow(keepRatio) / 2 ** 40).toString(16)
  return digits.padStart(4, '0').replace(/0+$/, '') || '0'
}
