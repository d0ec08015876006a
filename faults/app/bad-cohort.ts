import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { errorRatioOf } from '../indicators.ts'
import { choice, word } from '../parameters.ts'
import { bornAt } from '../trace.ts'

export const badCohort = defineFault({
  id: 'bad-cohort',
  term: 'failing cohort',
  layer: 'app',
  targets: ['node', 'kind'],
  parameters: z.strictObject({
    attribute: choice(['region', 'product', 'user'], 'what the failing requests have in common'),
    value: word('eu', 'the region (na, eu, asia), or the id of the product or the user, whose requests fail'),
  }),
  description:
    'Every request for one product, for one user or from one region fails, always, and no other does. Products and users are told by the ' +
    'path that names them, regions by the baggage of the request.',
  acts: {
    inbound: ({ path, customerRegion }, { attribute, value }) => {
      const isOne = attribute === 'region' ? customerRegion === value : path.split('/').includes(value)
      return isOne ? { status: 500 } : {}
    },
  },
  signature: {
    gist: '500s of the worst three routes',
    // No label names products or users, for there is no end to them: the routes that fail are all that metrics tell of those.
    promql:
      'topk(3, sum by (service, http_route) (rate(http_server_request_duration_seconds_count{http_response_status_code="500"}[10s]))) > 0.1',
    trace: {
      search: ({ kinds }) => ({ services: kinds, tags: '{"error":"true"}' }),
      holds: (trace, { nodes }) =>
        bornAt(
          trace,
          nodes,
          ({ tags }) =>
            tags['http.response.status_code'] === 500 &&
            ['customer.region', 'faultline.product.id', 'faultline.user.id'].some((name) => tags[name] !== undefined),
        ),
    },
    alert: 'CallsFailing',
  },
  impact: {
    indicator: errorRatioOf('eu'),
    text: 'nothing works for a few, all of the time; the average hardly shows it',
  },
  remedies: [
    {
      policies: [{ policy: 'serveStale', kind: 'edge', without: false, with: true }],
      why: 'the edge answers with what it has of a page',
    },
    { measure: 'quarantine', why: 'what always fails is set aside, so that it does not fail what stands beside it' },
  ],
  redHerring: 'it looks like a low error rate at random, for the rate is that of the cohort in the traffic',
  example: { small: { target: 'gateway' }, full: { target: 'gateway' } },
})
