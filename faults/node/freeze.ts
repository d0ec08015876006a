import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerP95 } from '../indicators.ts'
import { among, errorOf, hopsOf } from '../trace.ts'

export const freeze = defineFault({
  id: 'freeze',
  term: 'process stopped (gray failure)',
  layer: 'node',
  targets: ['node', 'kind', 'region'],
  parameters: z.strictObject({}),
  description:
    'The process is stopped (SIGSTOP): its port still accepts connections, for that the kernel does, and nothing is ever answered. It goes on ' +
    'where it was when the fault ends.',
  acts: { process: () => ({ kind: 'stop' }) },
  signature: {
    gist: 'a target that answers no scrape',
    promql: 'max_over_time(up{job="faultline"}[4s]) == 0',
    trace: {
      search: ({ kinds }) => ({ services: callersOf(kinds), tags: '{"error":"true"}' }),
      holds: (trace, { nodes }) =>
        hopsOf(trace).some(
          ({ client, server, callee }) =>
            among(callee, nodes) && server === undefined && /timeout|cancelled|ETIMEDOUT/i.test(errorOf(client)),
        ),
    },
    alert: 'NodeDown',
  },
  impact: {
    indicator: customerP95,
    text: 'calls that meet this replica wait for their timeout; with repeats they then succeed',
  },
  remedies: [
    {
      policies: [{ policy: 'outlierEjection', caller: 'gateway', callee: 'products', without: false, with: true }],
      why: 'leaves the replica out after a few timeouts, long before its stream is missed',
    },
    {
      policies: [{ policy: 'timeoutMs', caller: 'gateway', callee: 'products', without: 5000, with: 300 }],
      why: 'what each call that meets it loses',
    },
  ],
  experiment: { given: { replicas: { products: 2 } }, anew: 'before', settleS: 0 },
  redHerring: 'its port accepts connections, so that a check of the port alone says that it is there',
  example: { small: { target: 'products-na' }, full: { target: 'orders-1' } },
})

/** Whoever may call one of these kinds: every kind of the shop that calls any. */
function callersOf(_kinds: readonly string[]): string[] {
  return ['gateway', 'edge', 'orders', 'frontdoor', 'recommendations', 'fulfilment', 'load']
}
