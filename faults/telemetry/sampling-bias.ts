import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { quantity } from '../parameters.ts'

export const samplingBias = defineFault({
  id: 'sampling-bias',
  term: 'sampling bias (head sampling)',
  layer: 'telemetry',
  targets: ['cluster', 'region', 'kind', 'node'],
  parameters: z.strictObject({
    keepRatio: quantity({ min: 0.001, max: 1, default: 0.05, unit: 'probability', what: 'that a trace is kept' }),
  }),
  description:
    'Only a share of the traces is kept, which is decided when they begin and nobody knows yet which ones will fail. What is rare, such as a ' +
    'failure, is almost never among them: metrics count errors of which there is no trace. All nodes decide alike, by the id of the trace.',
  acts: { telemetry: ({ keepRatio }) => ({ keepRatio }) },
  signature: {
    gist: 'share of the spans that are dropped when they begin',
    promql:
      'sum(rate(otel_sdk_span_started_total{otel_span_sampling_result="DROP"}[10s])) / sum(rate(otel_sdk_span_started_total[10s])) > 0.3',
    trace: {
      search: ({ kinds }) => ({ services: kinds.length > 0 ? kinds : ['frontdoor', 'gateway'] }),
      // The threshold that traces of a probability sampler carry; 0 keeps all.
      holds: (trace) =>
        trace.spans.some(({ tags }) =>
          /(?:^|,)ot=(?:[^,]*;)?th:(?!0(?:[,;]|$))/.test(String(tags['w3c.tracestate'] ?? '')),
        ),
    },
    alert: 'TracesNotSampled',
  },
  impact: { indicator: null, text: 'none: customers notice nothing. Searches for failing traces find next to none' },
  remedies: [
    { measure: 'tail sampling', why: 'decides when the trace is complete, and keeps all that failed or were slow' },
    { measure: 'exemplars', why: 'lead from a metric to those traces that there are' },
  ],
  redHerring: 'the shop looks better in its traces than it is',
  example: { small: {}, full: {} },
})
