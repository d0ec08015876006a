import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio } from '../indicators.ts'
import { choice, path, quantity } from '../parameters.ts'
import { bornAt } from '../trace.ts'

export const errorRate = defineFault({
  id: 'error-rate',
  term: 'error rate',
  layer: 'app',
  targets: ['node', 'kind'],
  parameters: z.strictObject({
    probability: quantity({
      min: 0.001,
      max: 1,
      default: 0.5,
      unit: 'failures a request',
      what: 'how likely one fails',
    }),
    route: path('/', 'only requests whose path begins with this fail'),
    status: choice(['500', '503'], 'what the failed ones are answered: a bug, or a service that says it is not able'),
  }),
  description:
    'A share of the requests fails at once, before any of its work is done, at random. Callers take a 500 for an answer; a 503 they ' +
    'repeat where they may, and count against the replica.',
  acts: {
    inbound: ({ path }, { probability, route, status }, random) =>
      path.startsWith(route) && random() < probability ? { status: Number(status) } : {},
  },
  signature: {
    gist: 'share of 500 and 503, by service',
    promql:
      'sum by (service) (rate(http_server_request_duration_seconds_count{http_response_status_code=~"500|503"}[10s])) / ' +
      'sum by (service) (rate(http_server_request_duration_seconds_count[10s])) > 0.1',
    trace: {
      search: ({ kinds }) => ({ services: kinds, tags: '{"error":"true"}' }),
      holds: (trace, { nodes }) =>
        bornAt(trace, nodes, ({ tags }) => [500, 503].includes(Number(tags['http.response.status_code']))),
    },
    alert: 'CallsFailing',
  },
  impact: {
    indicator: customerErrorRatio,
    text: 'the routes that need the service fail as often, less what is repeated or stale',
  },
  remedies: [
    {
      policies: [
        { policy: 'maxAttempts', caller: 'gateway', callee: 'products', without: 1, with: 3 },
        { policy: 'maxAttempts', caller: 'edge', callee: 'gateway', without: 1, with: 3 },
      ],
      why: 'a failure at random is gone at the second attempt, where repeating is harmless',
    },
    {
      policies: [{ policy: 'serveStale', kind: 'edge', without: false, with: true }],
      why: 'the edge answers with what it has',
    },
  ],
  experiment: { injection: { target: 'products', parameters: { status: '503', probability: 0.3 } } },
  redHerring: 'the gateway reports most errors, with a status of its own, and has none itself',
  example: { small: { target: 'products' }, full: { target: 'products' } },
})
