import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio } from '../indicators.ts'
import { count } from '../parameters.ts'
import { among, errorOf, hopsOf } from '../trace.ts'

export const fdExhaustion = defineFault({
  id: 'fd-exhaustion',
  term: 'descriptor exhaustion',
  layer: 'node',
  targets: ['node'],
  parameters: z.strictObject({
    leave: count({ min: 0, max: 10_000, default: 0, unit: 'descriptors', what: 'that stay free' }),
  }),
  description:
    'The process opens files until it may open no more, and takes each descriptor that becomes free. It can accept no connection and open ' +
    'none; those that are in use go on, and those that were idle are gone.',
  acts: { process: (_state, { leave }) => ({ kind: 'take-descriptors', leave }) },
  signature: {
    gist: 'open descriptors near the limit',
    promql: 'process_open_fds{job="faultline"} / process_max_fds{job="faultline"} > 0.95',
    trace: {
      search: () => ({ services: ['gateway', 'edge', 'orders', 'frontdoor'], tags: '{"error":"true"}' }),
      holds: (trace, { nodes }) =>
        hopsOf(trace).some(
          ({ client, server, callee }) =>
            (among(callee, nodes) || among(client.node, nodes)) && server === undefined && errorOf(client) !== '',
        ),
    },
    alert: 'DescriptorsNearlyUsedUp',
  },
  impact: {
    indicator: customerErrorRatio,
    text: 'calls over new connections fail; few connections are left, and more of them are needed',
  },
  remedies: [
    { replicas: { products: 2 }, why: 'who cannot connect asks the other one' },
    { measure: 'keep-alive', why: 'who has a connection needs no new one' },
  ],
  // The edge would mask it with what it has.
  experiment: { given: { policies: [{ policy: 'serveStale', kind: 'edge', value: false }] } },
  redHerring:
    'its callers report resets, and so does it of those whom it calls: the network looks broken on both sides',
  example: { small: { target: 'products-na' }, full: { target: 'orders-1' } },
})
