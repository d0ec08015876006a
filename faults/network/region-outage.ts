import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { p95OfRegion } from '../indicators.ts'
import { among, errorOf, hopsOf } from '../trace.ts'

export const regionOutage = defineFault({
  id: 'region-outage',
  term: 'region outage',
  layer: 'network',
  targets: ['region'],
  parameters: z.strictObject({}),
  description:
    'A whole region goes dark for everybody outside of it: no bytes enter, and none leave. Inside, its nodes run on and see each other; ' +
    'telemetry, which travels another way, still arrives.',
  acts: { cut: () => true },
  signature: {
    gist: "a region's edges get no requests, its customers go on asking",
    // Its edges are asked nothing, while customers of the region go on asking.
    promql:
      '(sum by (region) (rate(http_server_request_duration_seconds_count{service="edge"}[5s])) < 0.05) and on (region) ' +
      'label_replace(sum by (customer_region) (rate(shop_customer_requests_total[15s])) > 0.3, "region", "$1", "customer_region", "(.+)")',
    trace: {
      // Nobody asks an edge of the region; who does, is cut.
      search: () => ({ services: ['frontdoor'], tags: '{"error":"true"}' }),
      holds: (trace, { from }) =>
        hopsOf(trace).some(
          ({ client, server, callee }) =>
            among(callee, from) && server === undefined && /timeout|ETIMEDOUT|cancelled/i.test(errorOf(client)),
        ),
    },
    alert: null,
  },
  impact: {
    indicator: p95OfRegion('eu'),
    text: 'what was under way to the region fails; then its customers are served by the next one, farther away and slower',
  },
  remedies: [
    {
      measure: 'failover',
      why: 'the front door sends customers to the nearest region that answers, always: it has no switch',
    },
  ],
  experiment: { size: 'full' },
  redHerring: 'the other regions grow busier and slower, though nothing is wrong with them',
  example: { small: null, full: { target: 'eu' } },
})
