import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { quantity } from '../parameters.ts'
import { among } from '../trace.ts'

export const lostContext = defineFault({
  id: 'lost-context',
  term: 'lost trace context',
  layer: 'telemetry',
  targets: ['kind', 'node'],
  parameters: z.strictObject({
    probability: quantity({
      min: 0.01,
      max: 1,
      default: 1,
      unit: 'probability',
      what: "that a request's context is lost",
    }),
  }),
  description:
    'The target does not read the `traceparent` of the requests that it gets, as behind a proxy that drops unknown headers: its spans begin ' +
    'traces of their own, and those of its callers end at the call. Baggage passes.',
  acts: { telemetry: ({ probability }) => ({ contextLost: probability }) },
  signature: {
    gist: 'traces that begin at an inner service',
    promql: 'sum by (service) (rate(faultline_root_server_spans_total{service!~"frontdoor|load"}[10s])) > 0.1',
    trace: {
      search: ({ kinds }) => ({ services: kinds }),
      holds: (trace, { nodes }) =>
        trace.spans.some(
          ({ kind, node, parentId, service }) =>
            kind === 'server' && parentId === undefined && service !== 'frontdoor' && among(node, nodes),
        ),
    },
    alert: 'TraceContextLost',
  },
  impact: {
    indicator: null,
    text: 'none: customers notice nothing. Whoever looks for the cause of something finds half a trace',
  },
  remedies: [
    { measure: 'a test that follows one request through all services', why: 'finds the hop that drops the context' },
  ],
  redHerring:
    'the callers look as if the call were slow for no reason: what it spent its time on stands in another trace',
  example: { small: { target: 'payments' }, full: { target: 'payments' } },
})
