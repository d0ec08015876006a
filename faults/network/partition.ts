import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio, customerP95 } from '../indicators.ts'
import { flag } from '../parameters.ts'
import { crosses, errorOf, hopsOf } from '../trace.ts'

export const partition = defineFault({
  id: 'partition',
  term: 'network partition',
  layer: 'network',
  targets: ['link', 'regions', 'region', 'node', 'kind'],
  parameters: z.strictObject({
    asymmetric: flag(
      false,
      'cuts one way only: `to` hears nothing of `from`, and `from` hears `to`; for a link or two regions',
    ),
  }),
  description:
    'Every link between two groups of nodes is cut: nothing gets through, and nobody is told. Everybody is up and reachable from elsewhere. ' +
    'A single place is cut off from all others. Database servers go on replicating: that link is theirs.',
  acts: { cut: () => true },
  bothWays: ({ asymmetric }) => !asymmetric,
  signature: {
    gist: 'no answer from nodes that are up',
    // No answer from a node that, as the scrapes say, is up.
    promql:
      'sum by (region, callee_instance) (rate(http_client_request_duration_seconds_count{outcome=~"timeout|connect"}[10s])) > 0.05 ' +
      'and on (callee_instance) label_replace(up{job="faultline"} == 1, "callee_instance", "$1", "instance", "(.+)")',
    trace: {
      search: ({ fromKinds }) => ({ services: fromKinds, tags: '{"error":"true"}' }),
      holds: (trace, { from, to }) =>
        hopsOf(trace).some(
          (hop) =>
            (crosses(hop, from, to) || crosses(hop, to, from)) &&
            /timeout|ETIMEDOUT|cancelled/i.test(errorOf(hop.client)) &&
            hop.server === undefined,
        ),
    },
    alert: 'CallsFailing',
  },
  impact: {
    indicator: customerErrorRatio,
    text: 'whoever stands in one part and needs something of the other waits, then fails',
  },
  remedies: [
    {
      policies: [{ policy: 'breaker', caller: 'gateway', callee: 'products', without: false, with: true }],
      indicator: customerP95,
      why: 'fails at once instead of after each timeout',
    },
    {
      policies: [{ policy: 'serveStale', kind: 'edge', without: false, with: true }],
      why: 'answers with what was known before the cut',
    },
    { measure: 'quorum', why: 'the part with the majority goes on, the other refuses, and never do both decide' },
  ],
  experiment: {
    injection: { from: 'gateway-na', to: 'products' },
    // Those farther out would open in its place, and leave out who is only cut off himself.
    given: {
      policies: [
        { policy: 'breaker', caller: 'edge', callee: 'gateway', value: false },
        { policy: 'breaker', caller: 'frontdoor', callee: 'edge', value: false },
        { policy: 'outlierEjection', value: false },
      ],
    },
  },
  redHerring: 'each node is healthy for those who can reach it, its health check and its scrapes among them',
  example: {
    small: { from: 'gateway-na', to: 'orders' },
    full: { from: 'eu', to: 'na' },
  },
})
