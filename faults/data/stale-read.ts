import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { staleReads } from '../indicators.ts'
import { quantity } from '../parameters.ts'

export const staleRead = defineFault({
  id: 'stale-read',
  term: 'stale read (replication lag)',
  layer: 'data',
  targets: ['database'],
  parameters: z.strictObject({
    delayS: quantity({
      min: 0.1,
      max: 300,
      default: 15,
      unit: 'seconds',
      what: 'after a commit until the replica shows it',
    }),
  }),
  description:
    'The replica has every commit and shows it only later (`recovery_min_apply_delay`). Reads of its region are answered, quickly and with ' +
    'status 200, by what was true a while ago. Of a server that is no replica nothing becomes.',
  acts: { server: ({ delayS }) => ({ kind: 'delay-replay', delayMs: delayS * 1_000 }) },
  signature: {
    gist: 'replication lag in seconds',
    promql: 'max by (instance) (faultline_replication_lag_seconds) > 2',
    trace: {
      search: () => ({ services: ['products'] }),
      holds: (trace, { nodes }) =>
        trace.spans.some(
          ({ region, tags }) =>
            nodes.some((name) => name === `postgres-${region}`) && Number(tags['faultline.read.lag_s'] ?? 0) > 1,
        ),
    },
    alert: 'ReplicaLags',
  },
  impact: {
    indicator: staleReads,
    text: 'stock and prices of that region are old. Who has just ordered sees his order all the same, from the primary; without read-your-writes he does not',
  },
  remedies: [
    {
      policies: [{ policy: 'readFromPrimary', kind: 'products', without: false, with: true }],
      why: "nothing is stale, at the price of the primary's distance",
    },
    {
      policies: [{ policy: 'readYourWrites', kind: 'products', without: false, with: true }],
      shownBy: 'cluster/supervisor/stale-read.test.ts',
      why: 'a read that must see a write goes to the primary while the replica has not got there',
    },
  ],
  experiment: { size: 'full', settleS: 12 },
  redHerring:
    'no request fails, and that region is as quick as ever: it is the customers who say that the shop forgets',
  example: { small: null, full: { target: 'postgres-eu' } },
})
