import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerP95 } from '../indicators.ts'
import { count, path } from '../parameters.ts'

/** So many different questions, that no cache has the answers. */
const QUESTIONS = 500

export const noisyNeighbour = defineFault({
  id: 'noisy-neighbour',
  term: 'noisy neighbour',
  layer: 'app',
  targets: ['cluster'],
  parameters: z.strictObject({
    perS: count({
      min: 1,
      max: 5_000,
      default: 80,
      unit: 'requests a second',
      what: 'that are sent beside all others',
    }),
    route: path('/api/search', 'the route that they ask for, each with another query'),
  }),
  description:
    'Somebody floods one route through the front door, as a crawler without manners does, with questions that no cache has answers to. ' +
    'Who asks for other routes shares the processes, connections and caches with him.',
  acts: {
    process: (_state, { perS, route }) => ({
      kind: 'flood',
      callee: 'frontdoor',
      perS,
      paths: Array.from({ length: QUESTIONS }, (_, index) => `${route}?q=lamp&limit=50&offset=${index}`),
    }),
  },
  signature: {
    gist: "one route is most of the gateway's traffic",
    promql:
      'sum by (service, http_route) (rate(http_server_request_duration_seconds_count{service="gateway"}[5s])) / on (service) group_left () ' +
      'sum by (service) (rate(http_server_request_duration_seconds_count{service="gateway"}[5s])) > 0.6 ' +
      'and sum by (service, http_route) (rate(http_server_request_duration_seconds_count{service="gateway"}[5s])) > 20',
    trace: {
      search: () => ({ services: ['gateway'], operation: 'GET /api/search' }),
      // No journey of ours has made it: it begins at the front door.
      holds: (trace) =>
        trace.spans.some(
          ({ parentId, kind, service }) => parentId === undefined && kind === 'server' && service === 'frontdoor',
        ),
    },
    alert: null,
  },
  impact: {
    indicator: customerP95,
    text: 'routes that nobody has changed become slow, those that share most with the flooded one first',
  },
  remedies: [
    {
      policies: [
        { policy: 'rateLimit', kind: 'frontdoor', without: false, with: true },
        { policy: 'rateLimitBy', kind: 'frontdoor', without: 'caller', with: 'path' },
        { policy: 'rateLimitPerS', kind: 'frontdoor', without: 50, with: 10 },
        { policy: 'rateLimitBurst', kind: 'frontdoor', without: 100, with: 10 },
      ],
      why: 'refuses at the door what one route is asked for too much, so that only that route suffers',
    },
  ],
  experiment: { anew: 'before', settleS: 8 },
  redHerring: 'the slow route of the customer who complains: it does what it always did',
  example: { small: {}, full: {} },
})
