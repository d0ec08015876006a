import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { quantity } from '../parameters.ts'
import { among } from '../trace.ts'

export const cardinality = defineFault({
  id: 'cardinality',
  term: 'cardinality explosion',
  layer: 'telemetry',
  targets: ['kind', 'node'],
  parameters: z.strictObject({
    share: quantity({
      min: 0.01,
      max: 1,
      default: 1,
      unit: 'probability',
      what: 'that a request is recorded under a name of its own',
    }),
  }),
  description:
    'Requests are recorded under a route of their own each instead of under its template: every one makes new series, and a new name of a ' +
    "span. The node's bound on label sets holds: beyond it everything counts as `other`, the good routes included.",
  acts: {
    route: ({ route, path }, { share }, random) =>
      random() < share ? `${path}/${Math.floor(random() * 0x1_0000_0000).toString(16)}` : route,
  },
  signature: {
    gist: 'label sets beyond the bound, or series added',
    promql:
      '(sum by (instance) (rate(faultline_metrics_overflow_total[10s])) > 0.2) or ' +
      '(sum by (instance) (sum_over_time(scrape_series_added[10s])) > 300 and on (instance) time() - process_start_time_seconds > 30)',
    trace: {
      search: ({ kinds }) => ({ services: kinds }),
      holds: (trace, { nodes }) =>
        trace.spans.some(
          ({ kind, node, tags }) =>
            kind === 'server' && among(node, nodes) && /\/[0-9a-f]{5,8}$/.test(String(tags['http.route'] ?? '')),
        ),
    },
    alert: 'LabelSetsOverflow',
  },
  impact: {
    indicator: null,
    text: "none: customers notice nothing. Whoever looks at one route finds the others' figures in `other`",
  },
  remedies: [
    {
      measure: 'drop the label',
      why: 'templates are a closed set; what differs from request to request belongs on the span',
    },
    { measure: 'a bound on label sets', why: 'one metric goes blind instead of the whole store' },
  ],
  redHerring: 'the route that everybody asks about has no more requests: its figures have gone elsewhere',
  example: { small: { target: 'products' }, full: { target: 'products' } },
})
